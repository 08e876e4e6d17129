"""The doors by which scanned paper comes in: the browser, the watched folder, the console and the scanner itself.

Each keeps the bytes first and hands them to the one pipeline; what is half in (an upload cut short, a file that cannot be
taken, a jam after page seven) stands on the doors' page until a person has settled it.
"""
