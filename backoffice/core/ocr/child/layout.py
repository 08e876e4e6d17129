"""What was read on a page: lines of words with their boxes, in points of the picture that was read."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Seen:
    """One word; `box` is left, top, right, bottom."""

    text: str
    confidence: float
    box: tuple[float, float, float, float]
    language: str = ""


@dataclass
class Row:
    """One line of words in reading order, whether a new paragraph begins with it, and the turn that would set it upright."""

    words: list[Seen]
    starts: bool = False
    turn: int = 0

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The box around its words."""
        lefts, tops, rights, bottoms = zip(*(word.box for word in self.words), strict=True)
        return min(lefts), min(tops), max(rights), max(bottoms)


@dataclass
class Reading:
    """One page read once, on a picture of `size`."""

    size: tuple[float, float]
    rows: list[Row] = field(default_factory=list)

    @property
    def words(self) -> list[Seen]:
        """Every word in reading order."""
        return [word for row in self.rows for word in row.words]

    @property
    def confidence(self) -> float:
        """How sure the engine is, by letters: a page of one sure word and a hundred doubtful ones is doubtful."""
        letters = sum(len(word.text) for word in self.words)
        return sum(word.confidence * len(word.text) for word in self.words) / letters if letters else 0.0

    @property
    def turn(self) -> int:
        """The clockwise turn that would set most of its letters upright."""
        letters = Counter[int]()
        for row in self.rows:
            letters[row.turn] += sum(len(word.text) for word in row.words)
        return letters.most_common(1)[0][0] if letters else 0

    @property
    def text(self) -> str:
        """The words, a line a row, an empty line between paragraphs."""
        lines: list[str] = []
        for row in self.rows:
            lines += [""] if row.starts and lines else []
            lines.append(" ".join(word.text for word in row.words))
        return "\n".join(lines)
