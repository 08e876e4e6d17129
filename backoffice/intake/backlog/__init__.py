"""The backlog (reprise de dossiers): files received before 2016, or by other systems, become cases with their own day.

A file of lines is read (`reading`), each line checked (`checking`), the good ones written in bulk (`loading`) part by part
(`importing`); what could not be taken over is kept and waits for a person (`service`, `queries`). Words: *source* (the
other system), *number* (the number it gave), *part* (some thousand lines taken in one transaction). `docs/backlog.md` has
the columns.
"""
