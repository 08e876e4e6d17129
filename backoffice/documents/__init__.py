"""Documents asked for, received and read: personalised lists, their items, and the files that answer them.

Words: a *request* (liste personnalisée) holds *items*, each one document asked of one person or of the family; an item
is *received*, then *accepted* or *refused* with a reason; an *explanation* may be accepted in place of a document.

Sources: forms A-1520 (checklists 2012–2015) and A-1520-LF (2016-01); the ministry's page on document requirements
(original, certified true copy, photocopy; translations).
"""
