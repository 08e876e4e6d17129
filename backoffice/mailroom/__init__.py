"""The paper door: envelopes and their stamp, what is inside, scans, pages, keying an application from its image.

Words: envelope (enveloppe), stamp (estampille: the legal day of receipt, whenever it is opened or scanned), sheet
(feuille), page (page), return sheet (feuille de retour), separator (feuille de séparation), in doubt (en doute), keying
(saisie), to file (à classer).

Nothing dropped: bytes are kept before they are read, a page is to be filed, filed, or excluded with a reason, and an
envelope whose pages do not balance stays open. Sources: `docs` on the mailroom; I-0.2 s. 3.5; the portal is the rule since
2016-01-05.
"""
