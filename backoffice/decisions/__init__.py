"""What ends a case against its applicant's wish: proposals, intention letters and decisions, each made by a person.

Words: a *proposal* says that a term is over and puts what is known before a caseworker; it ends nothing by itself. An
*intention* warns of a rejection or a refusal and gives time to answer (GPI 3-1; 90 days, then 60). A *decision* is
proposed by a caseworker and signed by a second person. An *error of the ministry* is corrected without formal review
(Protecteur du citoyen, 2018–2021).

This package stands beside intake, and neither knows the other: what became of a place is not decided here.
"""
