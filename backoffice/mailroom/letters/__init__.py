"""Letters for the post: print runs, reprints, the carrier."""
