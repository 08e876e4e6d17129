"""Letters of a series, for paper: each model is laid out once, then only what differs from letter to letter is set anew.

In the templates, what differs carries `data-stamp`: the innermost element around a text (the name, the address, a number)
or a drawn code. Two letters that are the same outside these have the same shape. Of a shape the engine lays out the first
letter whole; of each further one it sets only the lines that hold a stamped text, with the engine's own line breaking, in the
place they have. A letter whose lines would come out otherwise (one more, another height) is not stamped but laid out whole,
like any other. So what is stamped is what would have been laid out; fonts are subset once for the whole series.

Nothing here is tagged: a letter that somebody receives as a file comes from `mail.press`.
"""

import re
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO
from typing import Any, ClassVar
from urllib.parse import unquote

import pydyf
from weasyprint import DEFAULT_OPTIONS, HTML
from weasyprint.css.counters import CounterStyle
from weasyprint.document import Document
from weasyprint.draw import draw_inline_level, draw_page
from weasyprint.draw.text import draw_text
from weasyprint.formatting_structure import boxes
from weasyprint.formatting_structure.build import build_formatting_structure
from weasyprint.layout import LayoutContext, layout_document
from weasyprint.layout.background import layout_box_backgrounds
from weasyprint.layout.inline import iter_line_boxes, split_text_box
from weasyprint.pdf import _use_references  # what streams name becomes objects of the file
from weasyprint.pdf.fonts import build_fonts_dictionary
from weasyprint.pdf.stream import Stream

from backoffice.mail import press

SCALE = 0.75
"""Points of a PDF in a pixel of the layout engine."""

SHAPES = 64
"""Shapes kept at a time: a series of one model has a handful; each holds some hundred kilobytes."""

_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
_STAMP = re.compile(r"<(?P<tag>\w+)(?P<rest>[^>]*\bdata-stamp\b[^>]*)>(?:(?P<text>[^<]*)</(?P=tag)>)?")
_SOURCE = re.compile(r'\bsrc="([^"]*)"')
_FOOT = re.compile(r'\bdata-case="([^"]*)"')
_VIEW = re.compile(r'viewBox="0 0 (\d+) (\d+)"')
_BAR = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z")
_PLAIN = re.compile(r"[0-9A-Z-]+")


class NotStampable(Exception):
    """The lines of this letter come out otherwise than its shape has them: it is laid out whole."""


@dataclass(frozen=True)
class Cut:
    """A letter cut in two: what all letters of its shape have, and what is its own, in the order of the page."""

    shape: str
    texts: tuple[str, ...]
    images: tuple[str, ...]
    foot: str


def cut(html: str) -> Cut:
    """Take what is stamped out of a letter; an empty text stays, for it leaves its place to others."""
    texts: list[str] = []
    images: list[str] = []
    feet: list[str] = []

    def hole(found: re.Match[str]) -> str:
        if found["tag"] == "img":
            images.append(_source(found["rest"]))
            return f"<img{_SOURCE.sub('', found['rest'])}>"
        text = unescape(found["text"] or "")
        if not text.strip():
            return found[0]
        texts.append(text)
        return f"<{found['tag']}{found['rest']}>"

    def foot(found: re.Match[str]) -> str:
        feet.append(unescape(found[1]))
        return ""

    shape = _FOOT.sub(foot, _STAMP.sub(hole, _TITLE.sub("", html, count=1)))
    return Cut(shape, tuple(texts), tuple(images), feet[0] if feet else "")


def _source(attributes: str) -> str:
    found = _SOURCE.search(attributes)
    return unescape(found[1]) if found else ""


@dataclass
class Lines:
    """The lines of one block that hold stamped texts: as they were before layout, and where they stand."""

    source: boxes.LineBox
    block: boxes.BlockBox
    page: int
    stamped: list[tuple[int, boxes.TextBox]]
    standing: list[tuple[float, float]]
    free: bool  # nothing else depends on its height


@dataclass
class Foot:
    """The case number at the foot of a page."""

    box: boxes.TextBox
    before: str
    after: str
    page: int


@dataclass
class Shape:
    """A letter laid out, from which its own texts and codes were taken."""

    context: LayoutContext
    pages: list[boxes.PageBox]
    lines: list[Lines] = field(default_factory=list)
    feet: list[Foot] = field(default_factory=list)
    images: dict[int, tuple[boxes.ReplacedBox, int]] = field(default_factory=dict)
    sizes: list[tuple[float, float]] = field(default_factory=list)

    def stamp(self, letter: Cut) -> list[list[Any]]:
        """What is drawn on each page for this letter: lines and texts set anew, codes; or NotStampable."""
        drawn: list[list[Any]] = [[] for _ in self.pages]
        for one in self.lines:
            drawn[one.page].extend(self._set(one, letter.texts))
        for foot in self.feet:
            drawn[foot.page].append(self._foot(foot, letter.foot))
        for place, (box, number) in self.images.items():
            drawn[number].append(Code(letter.images[place], box))
        return drawn

    def _set(self, one: Lines, texts: Sequence[str]) -> list[boxes.LineBox]:
        for place, box in one.stamped:
            box.text = _collapsed(texts[place], box)
        self.context.create_block_formatting_context()
        try:
            top = one.standing[0][0]
            found = iter_line_boxes(self.context, one.source, top, 0, None, one.block, [], [], None, None)
            lines = [line for line, _resume in found]
        finally:
            self.context.finish_block_formatting_context()
        if not one.free and not _same(one.standing, lines):
            raise NotStampable
        for line in lines:
            layout_box_backgrounds(self.pages[one.page], line, self.context.get_image_from_uri)
        return lines

    def _foot(self, foot: Foot, number: str) -> boxes.TextBox:
        if not _PLAIN.fullmatch(number):
            raise NotStampable
        text = foot.box.copy_with_text(f"{foot.before}{number}{foot.after}")
        made, rest, _broken = split_text_box(self.context, text, None, 0)
        if made is None or rest is not None or made.height != foot.box.height or made.baseline != foot.box.baseline:
            raise NotStampable
        return made


def _collapsed(text: str, box: boxes.TextBox) -> str:
    """White space as the engine has it before it breaks lines."""
    if box.style["white_space"] in ("pre-line", "pre", "pre-wrap"):
        return "\n".join(re.sub(r"[ \t]+", " ", line).strip(" ") for line in text.strip().splitlines())
    return re.sub(r"[ \t\r\n\f]+", " ", text)


def _same(standing: Sequence[tuple[float, float]], lines: Sequence[boxes.LineBox]) -> bool:
    now = [(line.position_y, line.height) for line in lines]
    return len(now) == len(standing) and all(abs(a - b) < 1e-6 for one, two in zip(standing, now, strict=True) for a, b in zip(one, two, strict=True))


@dataclass(frozen=True)
class Code:
    """A drawn code, in the frame its place has."""

    source: str
    box: boxes.ReplacedBox

    def draw(self, stream: Stream) -> None:
        """Fill its bars, all as one path."""
        svg = unquote(self.source)
        view, bars = _VIEW.search(svg), _BAR.findall(svg)
        if view is None or not bars:
            raise NotStampable
        with stream.stacked():
            width, height = self.box.width / int(view[1]), self.box.height / int(view[2])
            stream.transform(a=width, d=height, e=self.box.content_box_x(), f=self.box.content_box_y())
            stream.set_color_rgb(0, 0, 0)
            stream.stream.append(" ".join(f"{x} {y} {w} {h} re" for x, y, w, h in bars).encode())
            stream.fill()


def shape_of(html: str) -> Shape:
    """Lay out a letter and take out what is stamped; NotStampable if a text stands where its width would move others."""
    letter = cut(html)
    context, root, pages = _laid_out(html)
    shape = Shape(context, pages)
    _find_lines(shape, root, letter)
    _find_images(shape, letter)
    _find_feet(shape, letter)
    return shape


def _laid_out(html: str) -> tuple[LayoutContext, boxes.Box, list[boxes.PageBox]]:
    """The engine's own steps, whose result before layout is needed here as well."""
    fonts, layout = press.faces()
    options = DEFAULT_OPTIONS | {"stylesheets": [layout], "cache": {}}
    page, counters = HTML(string=html, url_fetcher=press.OwnFilesOnly(), base_url=None), CounterStyle()
    context = Document._build_layout_context(page, fonts, counters, {}, options)  # noqa: SLF001 - the engine gives no other way to its boxes
    root = build_formatting_structure(
        page.etree_element, context.style_for, context.get_image_from_uri, page.base_url, context.target_collector, counters, context.footnotes
    )
    return context, root, list(layout_document(page, root, context))


def _walk(box: boxes.Box, above: tuple[boxes.Box, ...] = ()) -> Iterator[tuple[boxes.Box, tuple[boxes.Box, ...]]]:
    """Each box with those around it, from the outermost."""
    box = getattr(box, "_box", box)  # what stands absolutely is wrapped
    yield box, above
    for child in getattr(box, "children", ()):
        yield from _walk(child, (*above, box))


def _find_lines(shape: Shape, root: boxes.Box, letter: Cut) -> None:
    places = [(box, above) for box, above in _walk(root) if isinstance(box, boxes.TextBox) and _stamped(box)]
    if [_collapsed(text, box) for text, (box, _) in zip(letter.texts, places, strict=False)] != [box.text for box, _ in places]:
        raise NotStampable
    if len(places) != len(letter.texts):
        raise NotStampable
    sources: dict[int, tuple[boxes.LineBox, list[tuple[int, boxes.TextBox]]]] = {}
    for place, (box, above) in enumerate(places):
        line = next(one for one in reversed(above) if isinstance(one, boxes.LineBox))
        sources.setdefault(id(line), (line, []))[1].append((place, box))
    for line, stamped in sources.values():
        shape.lines.append(_lines(shape, line, stamped))


def _stamped(box: boxes.Box) -> bool:
    return box.element is not None and box.element.get("data-stamp") is not None


def _lines(shape: Shape, source: boxes.LineBox, stamped: list[tuple[int, boxes.TextBox]]) -> Lines:
    """Where the lines of a block came to stand; they are taken off the page."""
    found = [
        (box, above, number) for number, page in enumerate(shape.pages) for box, above in _walk(page)
        if box.element is source.element and box.children and isinstance(box.children[0], boxes.LineBox)
    ]  # fmt: skip
    if len(found) != 1 or not all(isinstance(line, boxes.LineBox) for line in found[0][0].children):
        raise NotStampable  # cut by the end of a page, or shared with something else
    block, above, number = found[0]
    free = block.is_absolutely_positioned()
    if not all(map(_keeps_its_width, (*above, block))) or any(_hangs_on_below(one) for one in above if one is not block):
        raise NotStampable
    standing = [(line.position_y, line.height) for line in block.children]
    block.children = ()
    return Lines(source, block, number, stamped, standing, free)


def _keeps_its_width(box: boxes.Box) -> bool:
    """A block as wide as what holds it, or as wide as the layout says."""
    if isinstance(box, boxes.PageBox):
        return True
    plain = isinstance(box, boxes.BlockBox) and not isinstance(box, boxes.FlexBox) and not box.is_table_wrapper and not box.is_floated()
    return plain and not (box.is_absolutely_positioned() and box.style["width"] == "auto")


def _hangs_on_below(box: boxes.Box) -> bool:
    return bool(box.style["position"] == "absolute" and box.style["top"] == "auto")


def _find_images(shape: Shape, letter: Cut) -> None:
    for number, page in enumerate(shape.pages):
        for box, _above in _walk(page):
            if isinstance(box, boxes.ReplacedBox) and _stamped(box):
                box.style = box.style.copy()
                box.style["visibility"] = "hidden"
                shape.images[len(shape.images)] = box, number
    if len(shape.images) != len(letter.images):
        raise NotStampable


def _find_feet(shape: Shape, letter: Cut) -> None:
    """The margins name the case on each page; nothing stands to the right of its number in the same box."""
    for number, page in enumerate(shape.pages):
        for margin in (box for box in page.children if isinstance(box, boxes.MarginBox)):
            for box, above in _walk(margin):
                if isinstance(box, boxes.TextBox) and letter.foot and letter.foot in box.text:
                    before, _number, after = box.text.partition(letter.foot)
                    _take_off(above[-1], box)
                    shape.feet.append(Foot(box, before, after, number))


def _take_off(line: boxes.Box, box: boxes.TextBox) -> None:
    line.children = tuple(child for child in line.children if child is not box)


class Series:
    """Letters for paper, one after the other, in one file whose fonts are shared."""

    _shapes: ClassVar[OrderedDict[str, Shape | None]] = OrderedDict()  # for the whole process, under the lock of the press

    def __init__(self) -> None:
        self.pdf = pydyf.PDF()
        self.fonts: dict[Any, Any] = {}
        self.pages: list[int] = []
        self.counted: Counter[str] = Counter()
        colours = pydyf.Dictionary()
        self.pdf.add_object(colours)
        empty = {name: pydyf.Dictionary() for name in ("ExtGState", "XObject", "Pattern", "Shading")}
        self.resources = pydyf.Dictionary(empty | {"ColorSpace": colours.reference})
        self.pdf.add_object(self.resources)
        self._grounds: dict[str, list[Stream]] = {}

    def add(self, html: str) -> int:
        """Print one more letter; gives how many pages it has."""
        with press.one_at_a_time:
            letter = cut(html)
            shape = self._shape(letter.shape, html)
            pages = self._stamped(shape, letter) if shape else 0
            self.counted["stamped" if pages else "laid out"] += 1
            pages = pages or self._whole(html)
        self.pages.append(pages)
        return pages

    def _shape(self, key: str, html: str) -> Shape | None:
        shapes = Series._shapes
        if key not in shapes:
            self.counted["shapes"] += 1
            try:
                shapes[key] = shape_of(html)
            except NotStampable:
                shapes[key] = None
            if len(shapes) > SHAPES:
                shapes.popitem(last=False)
        shapes.move_to_end(key)
        return shapes[key]

    def _stamped(self, shape: Shape, letter: Cut) -> int:
        """Print a letter on the ground of its shape; 0 pages when it does not fit there."""
        try:
            streams = self._own(shape, letter)
        except NotStampable:
            return 0
        grounds = self._grounds.get(letter.shape) or self._ground(letter.shape, shape)
        for ground, stream, page in zip(grounds, streams, shape.pages, strict=True):
            self.pdf.add_object(stream)
            self._page(page, [ground.reference, stream.reference])
        return len(streams)

    def _own(self, shape: Shape, letter: Cut) -> list[Stream]:
        streams = [self._stream(page) for page in shape.pages]
        for stream, things, page in zip(streams, shape.stamp(letter), shape.pages, strict=True):
            with stream.stacked():
                stream.transform(a=SCALE, d=SCALE)
                for thing in things:
                    _draw(stream, page, thing)
        return streams

    def _ground(self, key: str, shape: Shape) -> list[Stream]:
        """What all letters of a shape have on their pages, once in the file."""
        self._grounds[key] = [self._painted(page) for page in shape.pages]
        return self._grounds[key]

    def _whole(self, html: str) -> int:
        _context, _root, pages = _laid_out(html)
        for page in pages:
            self._page(page, [self._painted(page).reference])
        return len(pages)

    def _painted(self, page: boxes.PageBox) -> Stream:
        stream = self._stream(page)
        stream.transform(d=-1, f=page.margin_height() * SCALE)
        with stream.stacked():
            stream.transform(a=SCALE, d=SCALE)
            draw_page(page, stream)
        self.pdf.add_object(stream)
        return stream

    def _stream(self, page: boxes.PageBox) -> Stream:
        return Stream(self.fonts, (0, 0, page.margin_width(), page.margin_height()), self.resources, {}, None, {}, None, compress=True)

    def _page(self, page: boxes.PageBox, contents: list[bytes]) -> None:
        box = pydyf.Array([0, 0, page.margin_width() * SCALE, page.margin_height() * SCALE])
        shown = {"Type": "/Page", "Parent": self.pdf.pages.reference, "MediaBox": box, "Contents": pydyf.Array(contents)}
        self.pdf.add_page(pydyf.Dictionary(shown | {"Resources": self.resources.reference}))

    @property
    def missing(self) -> frozenset[str]:
        """Characters that no font here can draw."""
        return frozenset(chr(codepoint) for font in self.fonts.values() for codepoint in font.missing)

    def write(self) -> bytes:
        """The file; nothing can be added after."""
        with press.one_at_a_time:
            fonts = build_fonts_dictionary(self.pdf, self.fonts, compress=True, subset=True, options=DEFAULT_OPTIONS | {"pdf_version": "1.7"})
            self.pdf.add_object(fonts)
            self.resources["Font"] = fonts.reference
            _use_references(self.pdf, self.resources, {}, {})
            out = BytesIO()
            self.pdf.write(out, version=b"1.7", identifier=False, compress=True)
        return out.getvalue()


def _draw(stream: Stream, page: boxes.PageBox, thing: Any) -> None:
    if isinstance(thing, Code):
        thing.draw(stream)
    elif isinstance(thing, boxes.TextBox):
        draw_text(stream, thing, 0, "clip", "none")
    else:
        draw_inline_level(stream, page, thing)
