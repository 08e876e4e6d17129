"""What a received file really is, its pages as pictures, and the codes on them.

Knows nothing about immigration. Every parser runs in a bounded process of its own (`confined`), one for each file, so
that a hostile file can hurt neither the web server nor the worker. No anti-virus is part of this: `antivirus` says so.

The original is never changed. Warnings are keys, for the page that shows them to word:
`active_content` (scripts, actions, media: never run), `attachments`, `form`, `xfa` (its content cannot be shown),
`signed`, `owner_restrictions`, `repaired`, `locked_parts` (a password hides a part that is not the pages),
`structure_unread` (nobody looked for the above), `name_differs`, `first_frame_only` (a moving picture),
`page_unreadable:N` (an empty frame keeps its place), `image_shows_nothing:N` (page N stayed white but holds an image).
"""

from backoffice.core.scans.opening import inspect, open_file
from backoffice.core.scans.separators import is_separator, split_at_separators
from backoffice.core.scans.sniffing import sniff
from backoffice.core.scans.values import Code, Inspected, Limits, Opened, PageImage, Point, Refusal, Refused

__all__ = [
    "Code",
    "Inspected",
    "Limits",
    "Opened",
    "PageImage",
    "Point",
    "Refusal",
    "Refused",
    "inspect",
    "is_separator",
    "open_file",
    "sniff",
    "split_at_separators",
]
