"""Counts what an act costs a pair of hands: keys, data, clicks, documents loaded, and the keystroke-level model's seconds.

A `Hand` is the only thing that touches the page while an act is counted. The rules (docs/hands.md):

- *keys*: commands and navigation, a chord counts each of its keys; *data*: what must be copied; free text is not counted;
- *clicks*: a choice of a list by mouse is two; a file takes a click that opens the system's dialog and a double click in it;
- *loads*: documents fetched in the main frame;
- seconds = .28 (keys + data) + 1.1 P + .1 B + 1.35 M + .4 H. A click is a pointing and two half presses. Hands start on the
  keyboard. M comes before each click or command that is decided on, none where the gesture before foresees it (typing in the
  field just reached, Enter after typing, Tab inside a form): such a key is given with `foreseen=True`.

    hand = Hand(page)
    hand.key("w")                       # decided: M
    hand.put("1271,00")                 # data, no M
    hand.key("Enter", foreseen=True)    # ends what was typed
    hand.keep("11", "payment", goal=9.5)
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, Response

RECORD = Path(__file__).resolve().parents[2] / "docs" / "hands.json"
KEY, POINT, PRESS, THINK, HOME = 0.28, 1.1, 0.1, 1.35, 0.4


@dataclass(frozen=True)
class Counted:
    """What one act cost."""

    keys: int
    data: int
    clicks: int
    loads: int
    seconds: float


class Hand:
    """Types and clicks on a page, and counts it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = self.data = self.clicks = self.loads = 0
        self._points = self._presses = self._thoughts = self._moves = 0
        self._on_mouse = False
        page.on("response", self._loaded)

    def key(self, *keys: str, foreseen: bool = False) -> None:
        """Press commands or navigation, one after the other; only the first is decided on, unless the act foresees it."""
        self._to(mouse=False)
        self._thoughts += not foreseen
        for key in keys:
            self.keys += 1 if key == "+" else len(key.split("+"))
            self.page.keyboard.press(key)

    def put(self, text: str) -> None:
        """Copy data into the field that has the focus."""
        self._to(mouse=False)
        self.data += len(text)
        self.page.keyboard.type(text)

    def free(self, text: str) -> None:
        """Write free text, which is not counted."""
        self._to(mouse=False)
        self.page.keyboard.type(text)

    def gun(self, text: str) -> None:
        """Read a code with the barcode gun, which types it and ends with Enter: one gesture of the hand, no key of the keyboard."""
        self._to(mouse=True)
        self._points += 1
        self._presses += 1
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def click(self, target: Locator, *, foreseen: bool = False) -> None:
        """Click something."""
        self._click(1, foreseen=foreseen)
        target.click()

    def pick(self, target: Locator, value: str) -> None:
        """Choose from a list by mouse: two clicks, the second foreseen."""
        self._click(1, foreseen=False)
        self._click(1, foreseen=True)
        target.select_option(value)

    def files(self, target: Locator, paths: Sequence[Path]) -> None:
        """Choose files in the system's dialog, whose cost is fixed: one file is double-clicked, several are held and opened."""
        self._click(1, foreseen=False)
        if len(paths) == 1:
            self._click(2, foreseen=True, at_once=True)
        else:
            for _path in paths:
                self._click(1, foreseen=True)
            self.keys += 1
            self._click(1, foreseen=True)
        target.set_input_files(list(paths))

    @property
    def counted(self) -> Counted:
        """The act so far."""
        seconds = KEY * (self.keys + self.data) + POINT * self._points + PRESS * self._presses + THINK * self._thoughts + HOME * self._moves
        return Counted(self.keys, self.data, self.clicks, self.loads, round(seconds, 1))

    def keep(self, act: str, words: str, *, goal: float) -> Counted:
        """End the act; under BACKOFFICE_HANDS=1 its count goes to docs/hands.json, from which the table is written."""
        self.page.remove_listener("response", self._loaded)
        if os.environ.get("BACKOFFICE_HANDS"):
            known = json.loads(RECORD.read_text()) if RECORD.exists() else {}
            known[act] = {"act": words, "goal": goal} | asdict(self.counted)
            RECORD.write_text(json.dumps(dict(sorted(known.items())), ensure_ascii=False, indent=1) + "\n")
        return self.counted

    def _to(self, *, mouse: bool) -> None:
        self._moves += mouse is not self._on_mouse
        self._on_mouse = mouse

    def _click(self, times: int, *, foreseen: bool, at_once: bool = False) -> None:
        self._to(mouse=True)
        self.clicks += times
        self._points += 1 if at_once else times
        self._presses += 2 * times
        self._thoughts += not foreseen

    def _loaded(self, answer: Response) -> None:
        asked = answer.request
        if asked.is_navigation_request() and asked.frame == self.page.main_frame and not 300 <= answer.status < 400:
            self.loads += 1
