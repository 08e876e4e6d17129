"""The people between: those whom a rule alone does not answer, and a person must.

Words: exemption verified or denied (exemption vérifiée, refusée), duplicate (doublon), withdrawal (désistement), review of a machine's
decision (révision, A-2.1 s. 65.2), prevented by a fault (empêché par un défaut), false declaration (déclaration fausse).
"""
