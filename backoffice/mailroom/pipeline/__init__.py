"""From a scanned file to pages, page by page: kept, checked for malware, read, bound to its envelope, routed, recognised.

What is owed stands in PostgreSQL (`page_work`); Redis only says when to look. Each few pages are committed by themselves,
so that a reader that is killed goes on at the next page and never doubles one.
"""
