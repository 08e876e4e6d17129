"""Whose mail it is: suggestions ranked with their reasons, of which a person chooses; and the pile that nobody understood yet.

Words: *clue* (something read or typed that may name a person: a file number, a name, a birth date, a passport), *candidate*
(a case that clues point at, with why), *doubt* (an envelope that waits for a person to say what it is; two working days).
Only our own signed codes file by themselves (`mailroom.routing`); nothing here ever files.
"""
