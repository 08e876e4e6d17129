"""A font whose letters cannot be seen: text under a picture is found and copied, and shows nothing.

Every letter is the same empty shape, half as wide as it is high; what it means is in a table beside it, so that any
letter of any script has its place. The font program is a TrueType file of two empty shapes (a test builds it anew).
"""

import base64
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

WIDTH = 0.5
PROGRAM = base64.b64decode(
    "AAEAAAAIAIAAAwAAY21hcAAMAEYAAAEQAAAALGdseWYAAAAAAAABRAAAAAFoZWFkXxZA4AAAAIwAAAA2aGhlYQPpAfYAAADEAAAA"
    "JGhtdHgB9AAAAAABCAAAAAZsb2NhAAAAAAAAATwAAAAGbWF4cAADAAIAAADoAAAAIHBvc3QAAwAAAAABSAAAACAAAQAAAAEAAJlE"
    "urtfDzz1AAMD6AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAMAAgAAAAAAAAABAAAD6AAAAAAB9AAAAAAAAAABAAAAAAAAAAAA"
    "AAAAAAAAAQABAAAAAgAAAAAAAAAAAAIAAAAAAAAAAAAAAAAAAAAAAfQAAAAAAAAAAAACAAAAAwAAABQAAwABAAAAFAAEABgAAAAC"
    "AAIAAAAA//8AAP//AAEAAAAAAAAAAAAAAAAAAAADAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)
_AT_ONCE = 100


class Letters:
    """The letters used on one page, each with its number in the font."""

    def __init__(self) -> None:
        """Nothing is used yet."""
        self._numbers: dict[str, int] = {}

    def encoded(self, text: str) -> bytes:
        """A text as the page's content writes it."""
        return b"".join(self._numbers.setdefault(letter, len(self._numbers) + 1).to_bytes(2, "big") for letter in text)

    def font(self, pdf: pikepdf.Pdf) -> Dictionary:
        """The font that shows none of these letters and knows what each of them is."""
        program = Stream(pdf, PROGRAM, Length1=len(PROGRAM))
        look = Dictionary(
            Type=Name.FontDescriptor, FontName=Name.Unseen, Flags=4, FontBBox=[0, 0, 500, 1000], ItalicAngle=0, Ascent=1000,
            Descent=0, CapHeight=1000, StemV=80, FontFile2=program,
        )  # fmt: skip
        one = b"\x00\x00" + b"\x00\x01" * len(self._numbers)
        letters = Dictionary(
            Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name.Unseen, DW=round(WIDTH * 1000),
            CIDSystemInfo=Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0),
            FontDescriptor=pdf.make_indirect(look), CIDToGIDMap=Stream(pdf, one),
        )  # fmt: skip
        return Dictionary(
            Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.Unseen, Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(letters)]), ToUnicode=Stream(pdf, self._meanings()),
        )  # fmt: skip

    def _meanings(self) -> bytes:
        lines = [
            "/CIDInit /ProcSet findresource begin", "12 dict begin", "begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Adobe-Identity-UCS def", "/CMapType 2 def",
            "1 begincodespacerange", "<0000> <FFFF>", "endcodespacerange",
        ]  # fmt: skip
        for some in self._some():
            lines += [f"{len(some)} beginbfchar", *some, "endbfchar"]
        lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
        return "\n".join(lines).encode()

    def _some(self) -> Iterator[list[str]]:
        lines = [f"<{number:04X}> <{letter.encode('utf-16-be').hex().upper()}>" for letter, number in self._numbers.items()]
        for start in range(0, len(lines), _AT_ONCE):
            yield lines[start : start + _AT_ONCE]
