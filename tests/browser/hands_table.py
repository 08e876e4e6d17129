"""Writes docs/hands.md from the counts that the browser tests kept: `BACKOFFICE_HANDS=1 pytest tests/browser`, then `python -m tests.browser.hands_table`."""

import json

from tests.browser.hands import RECORD

PEERS = {
    "9": "29.9 (paperless-ngx, indexed); 12.7 (RT, not indexed)", "9c": "–", "10": "65.2 (paperless-ngx)", "11": "13.7 (RT, three free fields)",
}  # fmt: skip
PAGE = """# What the commonest acts of the mailroom cost a pair of hands

Counted in the browser's tests by the class `Hand` (`tests/browser/hands.py`), by the rules below, without a mouse.
To make the table again: `BACKOFFICE_HANDS=1 pytest tests/browser -k act_`, then `python -m tests.browser.hands_table`.

| act | | keys + data | clicks | pages loaded | KLM s | goal s | best peer s |
| --- | --- | --- | --- | --- | --- | --- | --- |
{rows}

- **keys**: commands and moves (a chord counts each of its keys). **data**: what must be copied. Free text is not counted.
  **clicks**: a choice of a list by mouse is two. **pages loaded**: documents fetched in the main frame.
- **KLM** = 0.28 × (keys + data) + 1.1 P + 0.1 B + 1.35 M + 0.4 H, no waiting. M comes before each command decided on, none where
  the gesture before foresees it (Enter after typing, Tab in a form). Hands start on the keyboard.
- It is a model of somebody practised who makes no error; nobody was timed. The peers were counted in the same way on their own
  pages (Request Tracker 5.0.3, paperless-ngx 3.0.5); their end states are alike, not identical.
"""


def main() -> None:
    """Write the table."""
    counts = json.loads(RECORD.read_text())
    rows = [
        f"| {act} | {one['act']} | {one['keys']} + {one['data']} | {one['clicks']} | {one['loads']} | **{one['seconds']:g}** | ≤ {one['goal']:g} "
        f"| {PEERS.get(act, '–')} |"
        for act, one in sorted(counts.items(), key=lambda pair: (int("".join(c for c in pair[0] if c.isdigit())), pair[0]))
    ]
    RECORD.with_suffix(".md").write_text(PAGE.replace("{rows}", "\n".join(rows)))


if __name__ == "__main__":
    main()
