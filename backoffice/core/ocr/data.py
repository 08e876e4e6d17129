"""Where the language data of the engine is: beside the interpreter, or where TESSDATA_PREFIX says."""

import os
import sys
from pathlib import Path

_SUFFIX = ".traineddata"
ORIENTATION = "osd"


def folder() -> Path:
    """The folder that holds the language data, whether or not anything is in it."""
    named = os.environ.get("TESSDATA_PREFIX")
    return Path(named) if named else Path(sys.prefix) / "share" / "tessdata"


def languages() -> tuple[str, ...]:
    """The languages that can be read here, by their three letters; none where none is installed."""
    there = {path.name.removesuffix(_SUFFIX) for path in folder().glob(f"*{_SUFFIX}")}
    return tuple(sorted(there - {ORIENTATION}))
