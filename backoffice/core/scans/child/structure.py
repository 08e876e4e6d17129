"""What a PDF carries besides its pages: scripts, attachments, signatures, forms, restrictions, and its mending.

Nothing found here is run or taken out; it is named, so that a person knows. Always `with`: a page or an object of a
closed PDF is memory that is gone.
"""

from collections.abc import Iterator
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Object

_ACTIVE = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToR", "/GoToE", "/Rendition", "/Movie", "/Sound",
           "/GoTo3DView", "/RichMediaExecute"}  # fmt: skip
_TURNS_PAGES = {"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"}
_ACTIVE_ANNOTATIONS = {"/RichMedia", "/Screen", "/Movie", "/3D", "/Sound"}
_DEEPEST = 200
_MOST_ENTRIES = 20_000
_MOST_CHAINED = 8


def warnings_of(pdf: pikepdf.Pdf) -> list[str]:
    """What a person should know of this PDF, as keys."""
    found = {
        "owner_restrictions": pdf.is_encrypted,
        "repaired": bool(pdf.get_warnings()),
        "active_content": _document_acts(pdf.Root),
        "attachments": _has_attachments(pdf.Root),
        "signed": False, "form": False, "xfa": False,
    }  # fmt: skip
    _form(pdf.Root, found)
    for page in pdf.pages:
        if found["active_content"] and found["attachments"]:
            break
        _page(page.obj, found)
    found["repaired"] = found["repaired"] or bool(pdf.get_warnings())
    return [key for key, there in found.items() if there]


def security_handler(pdf: pikepdf.Pdf) -> str:
    """The name of what encrypts the PDF, empty where nothing does."""
    encryption = pdf.trailer.get("/Encrypt") if pdf.is_encrypted else None
    return str(encryption.get("/Filter", "")) if isinstance(encryption, Dictionary) else ""


def mended(pdf: pikepdf.Pdf, into: Path) -> Path:
    """A copy with its structure written anew, for a reader that could not open the original."""
    copy = into / "mended.pdf"
    pdf.save(copy, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return copy


def _document_acts(root: Object) -> bool:
    if root.get("/AA") is not None or _named(root, "/JavaScript"):
        return True
    return _acts(root.get("/OpenAction")) or any(_acts(entry.get("/A")) for entry in _bookmarks(root))


def _bookmarks(root: Object) -> Iterator[Dictionary]:
    """Every entry of the table of contents; one that turns back on itself ends."""
    waiting, seen = [root.get("/Outlines")], 0
    while waiting and seen < _MOST_ENTRIES:
        entry = waiting.pop()
        seen += 1
        if isinstance(entry, Dictionary):
            yield entry
            waiting += [entry.get("/First"), entry.get("/Next")]


def _named(root: Object, key: str) -> bool:
    names = root.get("/Names")
    return isinstance(names, Dictionary) and names.get(key) is not None


def _has_attachments(root: Object) -> bool:
    return _named(root, "/EmbeddedFiles") or root.get("/AF") is not None


def _acts(action: Object | None, depth: int = 0) -> bool:
    """Whether an action does something beyond going to a page of this document or opening an address."""
    if not isinstance(action, Dictionary) or depth > _MOST_CHAINED:
        return False
    kind = str(action.get("/S", ""))
    if kind in _ACTIVE or (kind == "/Named" and str(action.get("/N", "")) not in _TURNS_PAGES):
        return True
    following = action.get("/Next")
    if isinstance(following, Array):
        return any(_acts(each, depth + 1) for each in following)
    return _acts(following, depth + 1)


def _form(root: Object, found: dict[str, bool]) -> None:
    found["xfa"] = bool(root.get("/NeedsRendering"))
    form = root.get("/AcroForm")
    if not isinstance(form, Dictionary):
        return
    found["xfa"] = found["xfa"] or form.get("/XFA") is not None
    for field in _fields(form.get("/Fields")):
        found["form"] = True
        if field.get("/FT") == Name.Sig and field.get("/V") is not None:
            found["signed"] = True
        if field.get("/AA") is not None or _acts(field.get("/A")):
            found["active_content"] = True


def _fields(fields: Object | None) -> Iterator[Dictionary]:
    """Every field of a form; a tree that turns back on itself ends."""
    waiting, seen = [fields], 0
    while waiting and seen < _MOST_ENTRIES:
        level = waiting.pop()
        if not isinstance(level, Array):
            continue
        for field in level:
            seen += 1
            if isinstance(field, Dictionary):
                yield field
                if len(waiting) < _DEEPEST:
                    waiting.append(field.get("/Kids"))


def _page(page: Object, found: dict[str, bool]) -> None:
    if page.get("/AA") is not None:
        found["active_content"] = True
    annotations = page.get("/Annots")
    if not isinstance(annotations, Array):
        return
    for annotation in annotations:
        if not isinstance(annotation, Dictionary):
            continue
        kind = str(annotation.get("/Subtype", ""))
        if kind == "/FileAttachment":
            found["attachments"] = True
        if kind in _ACTIVE_ANNOTATIONS or annotation.get("/AA") is not None or _acts(annotation.get("/A")):
            found["active_content"] = True
