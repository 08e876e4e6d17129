"""Where pages stand after each piece of work: pure, so that it can be proved that none is lost and none is in two places."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from backoffice.mailroom.pagework.values import Leaf

Leaves = tuple[Leaf, ...]

FILED, EXCLUDED, TO_FILE = "filed", "excluded", "to_file"


def in_order(leaves: Collection[Leaf]) -> Leaves:
    """Leaves as they lie."""
    return tuple(sorted(leaves, key=lambda leaf: (leaf.envelope_id, leaf.position, leaf.id)))


def numbered(leaves: Sequence[Leaf]) -> Leaves:
    """The same, counted from one in each envelope, in the order given."""
    counts: dict[int, int] = {}
    given = []
    for leaf in leaves:
        counts[leaf.envelope_id] = counts.get(leaf.envelope_id, 0) + 1
        given.append(replace(leaf, position=counts[leaf.envelope_id]))
    return tuple(given)


def turned(leaves: Leaves, ids: Collection[int], degrees: int, base: dict[int, int]) -> Leaves:
    """Pages turned by quarter turns, from how they are shown now (`base`)."""
    return tuple(_turned(leaf, degrees, base.get(leaf.id, 0)) if leaf.id in ids else leaf for leaf in leaves)


def _turned(leaf: Leaf, degrees: int, base: int) -> Leaf:
    return replace(leaf, turned=(base + degrees) % 360, read=base if leaf.read is None else leaf.read)


def cut(leaves: Leaves, page_id: int, *, here: bool) -> Leaves:
    """A document begins with this page, or no longer does."""
    return tuple(replace(leaf, cut=here) if leaf.id == page_id else leaf for leaf in leaves)


def placed(leaves: Leaves, page_id: int, place: int) -> Leaves:
    """A page put at another place of its envelope; the others keep their order."""
    page = next(leaf for leaf in leaves if leaf.id == page_id)
    rest = [leaf for leaf in leaves if leaf.id != page_id]
    rest.insert(max(0, min(len(rest), place - 1)), page)
    return numbered(rest)


def moved(source: Leaves, target: Leaves, ids: Collection[int], envelope_id: int) -> Leaves:
    """Pages put behind those of another envelope, in their order; both as they lie then."""
    going = [replace(leaf, envelope_id=envelope_id) for leaf in source if leaf.id in ids]
    staying = [leaf for leaf in source if leaf.id not in ids]
    return numbered([*staying, *target, *going])


def judged(leaves: Leaves, ids: Collection[int], state: str, reason: str | None) -> Leaves:
    """Pages left out with a reason, or taken back; what is filed stays so."""
    return tuple(replace(leaf, state=state, reason=reason) if leaf.id in ids and leaf.state != FILED else leaf for leaf in leaves)


def rescanned(leaves: Leaves, old_id: int, new_id: int, reason: str) -> Leaves:
    """A page scanned again: the new one takes the place of the old, which stays behind it, left out; both are kept."""
    old = next(leaf for leaf in leaves if leaf.id == old_id)
    new = next(leaf for leaf in leaves if leaf.id == new_id)
    rest = [leaf for leaf in leaves if leaf.id != new_id]
    at = rest.index(old)
    pair = [replace(new, rescan_of=old_id, cut=old.cut, state=TO_FILE, reason=None), replace(old, state=EXCLUDED, reason=reason, cut=False)]
    return numbered([*rest[:at], *pair, *rest[at + 1 :]])


def changed(before: Leaves, after: Leaves) -> tuple[Leaves, Leaves]:
    """The leaves that differ, as they were and as they are."""
    then = {leaf.id: leaf for leaf in before}
    now = tuple(leaf for leaf in after if then[leaf.id] != leaf)
    return tuple(then[leaf.id] for leaf in now), now


def parts(leaves: Leaves) -> tuple[tuple[int, ...], ...]:
    """The documents-to-be among pages to file, in order; a cut on a page left out holds for the next one."""
    found: list[list[int]] = [[]]
    begins = False
    for leaf in leaves:
        begins = begins or leaf.cut
        if leaf.state != TO_FILE:
            continue
        if begins:
            found.append([])
        begins = False
        found[-1].append(leaf.id)
    return tuple(tuple(part) for part in found if part)
