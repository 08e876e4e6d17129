"""The thread of a case on pages: reading and replying, what waits for an answer, messages to many."""
