"""The case: one family's application, its people, where it stands, and which case is worked on next.

Words: a *case* has a *number* (dossier), a *status* of the ministry's own list, *people* (principal, spouse, children),
*holds* that keep it from being worked on, and a *processing class* from which the *processing order* follows. The
admission order (package ``quota``) is another order and is never read here.

Sources: Guide des procédures d'immigration 3-1, 5-5 and 5-10; I-0.2 s. 3.5 and I-0.2.1 s. 50 for the order of
processing.
"""
