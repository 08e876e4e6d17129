"""Who works here: accounts, roles and what each may do, signing in, approvals by two, keys of other systems, who read what.

Everything is refused unless a line of the catalogue (`permissions`) grants it.
"""
