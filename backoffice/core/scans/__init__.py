"""What a received file really is, its pages as pictures, and the codes on them.

Knows nothing about immigration. Every parser runs in a bounded process of its own (`confined`), one for each file, so
that a hostile file can hurt neither the web server nor the worker. No anti-virus is part of this: `antivirus` says so.
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
