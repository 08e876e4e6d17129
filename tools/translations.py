"""French catalogues, one for each package: `python -m tools.translations update [PACKAGE…] | check | compile`.

`update` extracts the sentences of a package and of its templates into `backoffice/translations/fr/LC_MESSAGES/PACKAGE.po`,
keeping what is translated; `check` fails on a sentence that is missing, fuzzy, extracted but not in its catalogue, or
worded otherwise in another catalogue (the product reads them as one); `compile` makes the .mo files that the product reads.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "backoffice" / "translations" / "fr" / "LC_MESSAGES"
PACKAGES = ("core", "staff", "deadlines", "cases", "quota", "mail", "documents", "fees", "intake", "decisions", "mailroom", "desk", "workload")
PARTS = {
    "mailroom": ("pipeline", "doors", "opening", "batches", "custody", "indexing", "returns", "pagework", "keying", "letters"),
    "intake": ("outages", "changes"),
    "desk": ("terms", "requests", "threads", "delivery", "access"),
    "mail": ("threads", "delivery"),
}
"""Parts of a large package with a catalogue of their own: `mailroom-opening.po`."""

CATALOGUES = tuple(name for package in PACKAGES for name in (package, *(f"{package}-{part}" for part in PARTS.get(package, ()))))

KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "_n": (1, 2), "_lp": ((1, "c"), 2)}
TEMPLATES = {"core": ("layouts", "components", "errors", "core", "cli")}
"""Folders of templates that belong to a package of another name."""


def sources(package: str) -> Iterator[Path]:
    """Every file whose sentences belong to a package, or to a part of one."""
    bare, _hyphen, part = package.partition("-")
    apart = () if part else tuple(f"{bare}/{one}/" for one in PARTS.get(bare, ()))
    folders = [f"backoffice/{bare}/{part}" if part else f"backoffice/{bare}"]
    folders += [f"templates/{bare}/{part}"] if part else [f"templates/{one}" for one in TEMPLATES.get(bare, (bare,))]
    for folder in folders:
        found = [*(ROOT / folder).rglob("*.py"), *(ROOT / folder).rglob("*.html")]
        yield from sorted(path for path in found if not any(one in f"{path.relative_to(ROOT)}" for one in apart))


def extracted(package: str) -> Catalog:
    """The sentences of a package as they stand in the code."""
    catalog = Catalog(locale="fr", domain=package, project="backoffice", header_comment=f"# French of {package}.", charset="utf-8")
    for path in sources(package):
        method = "python" if path.suffix == ".py" else "jinja2"
        options = {"trimmed": "true"} if method == "jinja2" else {}
        for line, message, comments, context in extract_from_file(method, path, keywords=KEYWORDS, comment_tags=("translators:",), options=options):
            if message and message not in {"", ("", "")}:
                catalog.add(message, None, [(str(path.relative_to(ROOT)), line)], auto_comments=comments, context=context)
    return catalog


def stored(package: str) -> Catalog:
    """The catalogue as it was translated; an empty one where there is none."""
    path = FOLDER / f"{package}.po"
    if not path.exists():
        return Catalog(locale="fr", domain=package, header_comment=f"# French of {package}.")
    with path.open("rb") as file:
        return read_po(file, locale="fr", domain=package)


def update(packages: tuple[str, ...]) -> None:
    """Bring catalogues up to the code; nothing translated is guessed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for package in packages:
        catalog = stored(package)
        catalog.update(extracted(package), no_fuzzy_matching=True)
        catalog.obsolete.clear()
        out = BytesIO()
        write_po(out, catalog, width=120, no_location=True, sort_output=True, ignore_obsolete=True, omit_header=False)
        text = "\n".join(
            line for line in out.getvalue().decode().splitlines() if not line.startswith(('"POT-Creation', '"PO-Revision', '"Generated'))
        )
        (FOLDER / f"{package}.po").write_text(text + "\n")
        print(f"{package}: {len([m for m in catalog if m.id])} sentences, {len(list(missing(catalog)))} to translate")


def missing(catalog: Catalog) -> Iterator[str]:
    """Sentences without their French."""
    for message in catalog:
        if message.id:
            words = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
            if message.fuzzy or not all(words):
                yield str(message.id)


def differing() -> Iterator[str]:
    """Sentences that two catalogues put in French each in its own way: only one of them would be read."""
    first: dict[object, tuple[str, object]] = {}
    for package in CATALOGUES:
        for message in stored(package):
            if message.id:
                key = (message.context, message.id if isinstance(message.id, str) else message.id[0])
                other, words = first.setdefault(key, (package, message.string))
                if words != message.string:
                    yield f"{package}: not the French of {other}: {message.id}"


def faults() -> list[str]:
    """Everything that keeps the French from being complete."""
    found = []
    for package in CATALOGUES:
        known = stored(package)
        here = {(m.context, m.id) for m in extracted(package) if m.id}
        found += [f"{package}: not in the catalogue: {m}" for _context, m in here - {(m.context, m.id) for m in known if m.id}]
        found += [f"{package}: no French: {m}" for m in missing(known)]
        found += [f"{package}: no longer used: {m.id}" for m in known if m.id and (m.context, m.id) not in here]
        found += [f"{package}: {fault}: {m.id}" for m in known if m.id for fault in m.check()]
    return found + list(differing())


def compile_all() -> None:
    """Make what the product reads."""
    for path in sorted(FOLDER.glob("*.po")):
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, stored(path.stem))


def main(arguments: list[str]) -> int:
    """Run one of the three."""
    match arguments:
        case ["update", *packages]:
            update(tuple(packages) or CATALOGUES)
        case ["check"]:
            found = faults()
            print("\n".join(found) or "French is complete.")
            return 1 if found else 0
        case ["compile"]:
            compile_all()
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
