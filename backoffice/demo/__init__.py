"""The demonstration: fictitious people and cases, made by the product's own operations at past instants.

Nobody here exists; addresses are of example domains, telephone numbers of reserved ranges.
"""
