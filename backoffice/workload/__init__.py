"""Supervisors: who holds what, what is oldest, which clocks end soon, and moving cases from one person to another.

Words: *load* (charge), *oldest unworked* (plus ancien dossier à traiter), *reassign* (réassigner). Reads every feature and
owns no table. Each number is a link to its list, and the list adds up to the number.
"""
