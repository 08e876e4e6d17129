"""What ends a case against its applicant's wish: proposals, intention letters and decisions, each made by a person."""
