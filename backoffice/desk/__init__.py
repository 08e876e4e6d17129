"""The caseworker's pages: the day's work, the queue and the case, composed from every feature below; owns no table.

Words: *my work* (Mon travail), *queue* (File des dossiers), *why here* (Pourquoi ici ?) for the processing order and *why
this result* (Pourquoi ce résultat ?) for the admission. The two orders are shown side by side and never mixed: a place in
the quota gives neither earlier processing nor an earlier certificate (I-0.2 s. 3.5).
"""
