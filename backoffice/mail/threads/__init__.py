"""The desk side of each thread: drafts, presence, assignment, withdrawal, texts to many."""
