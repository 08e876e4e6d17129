"""Work on pages: turned, split, merged, moved, scanned again; always on copies, always undoable."""
