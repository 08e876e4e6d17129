"""From received bytes to pages that can be read, routed and searched: one page at a time, resumable after a kill."""
