"""Where the paper is, and how it may be destroyed once a scan stands for it."""
