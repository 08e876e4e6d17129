"""Plain lines for whoever started this; a closed terminal never keeps anything from being stopped."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def say(text: str, end: str = "\n") -> None:
    """One line, at once."""
    with suppress(OSError, ValueError):
        sys.stdout.write(f"{text}{end}")
        sys.stdout.flush()


@contextmanager
def step(title: str) -> Iterator[None]:
    """One plain line for a thing that takes time."""
    began = time.monotonic()
    say(f"{title} …", end="")
    try:
        yield
    except BaseException:
        say("")
        raise
    say(f" {time.monotonic() - began:.1f} s")
