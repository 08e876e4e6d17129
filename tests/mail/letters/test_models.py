"""Every model of letter, in both languages: read by a screen reader, kept in the archive, folded in its envelope, well set."""

import re
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from pdfua import Severity, validate
from PIL import Image

from backoffice.mail import envelopes, texts
from backoffice.mail.press import print_letter, render_pdf
from backoffice.mail.texts import FAMILY, Language, NoticeLetter
from backoffice.mailroom.returns.letters import ReturnLetter, letter_html
from tests.mail.letter_samples import ADDRESS, CODE, invitation, receipt, request_letter

MILLIMETRE = 72 / 25.4
NAMES = ("Nadia Belkacem", "Надежда Галаган", "نادية بلقاسم", "Nguyễn Thị Ánh Hồng", "Maximilienne-Alexandrine de la Fontaine-Beauharnais du Plessis")


def notice(language: Language = "fr") -> NoticeLetter:
    return NoticeLetter(
        number="26000412-7", date=date(2026, 10, 1), applicant_name="Nadia Belkacem", address_lines=ADDRESS, subject_fr="Nous avons vos documents",
        subject_en="We have your documents", paragraphs_fr=("Nous avons reçu vos documents le 1er octobre 2026.", "Nous vous écrirons."),
        paragraphs_en=("We received your documents on October 1, 2026.", "We will write to you."), officer="", language=language, reference="E-2026-00017",
    )  # fmt: skip


def sent_back(language: Language = "fr") -> ReturnLetter:
    return ReturnLetter(
        number="26000412-7", reference="R-2026-00003", date=date(2026, 10, 1), received_on=date(2026, 9, 30), applicant_name="Nadia Belkacem",
        address_lines=ADDRESS, contents=("Diplôme, copie certifiée",), reason_fr="Aucune pièce ne vous est demandée.", reason_en="Nothing is asked of you.",
        explanation="", officer="", language=language, has_case=True, nothing_cashed=True,
    )  # fmt: skip


def html(model: str, language: Language, **changes: object) -> str:
    """A letter of each model."""
    if model == "request":
        return texts.request_letter_html(replace(request_letter(language=language), **changes))
    if model == "invitation":
        return texts.invitation_letter_html(replace(invitation(language), **changes))
    if model == "receipt":
        return texts.receipt_letter_html(replace(receipt(language), **changes))
    if model == "notice":
        return texts.notice_letter_html(replace(notice(language), **changes))
    return letter_html(replace(sent_back(language), **changes))


MODELS = ("request", "invitation", "receipt", "notice", "sent back")
SHEETS = ("request", "invitation")
both = pytest.mark.parametrize("language", ["fr", "en"])
every = pytest.mark.parametrize("model", MODELS)


def opened(pdf: bytes) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(BytesIO(pdf))


@every
@both
def test_a_screen_reader_can_follow_it(model: str, language: Language, tmp_path: Path):
    file = tmp_path / "letter.pdf"
    file.write_bytes(render_pdf(html(model, language)))
    assert [f.message for f in validate(str(file)).findings if f.severity is not Severity.INFO] == []


@every
@both
def test_the_archive_s_copy_declares_what_it_is(model: str, language: Language):
    pdf = pikepdf.open(BytesIO(render_pdf(html(model, language), variant="pdf/a-3a")))
    with pdf.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.OutputIntents[0].S) == "/GTS_PDFA1"


def characters(page: pypdfium2.PdfPage) -> list[tuple[str, float, float, float, float]]:
    """Each printed character, and where: from the left and from the top, in millimetres."""
    text, height = page.get_textpage(), page.get_height()
    found = []
    for place in range(text.count_chars()):
        character = text.get_text_range(place, 1)
        left, bottom, right, top = text.get_charbox(place)
        if character.strip() and right > left:
            found.append((character, left / MILLIMETRE, right / MILLIMETRE, (height - top) / MILLIMETRE, (height - bottom) / MILLIMETRE))
    return found


LINES = (
    ("31000 ORAN", "ALGÉRIE"),
    ADDRESS,
    ("Résidence Les Chênes", "1420, rue des Tilleuls, app. 3", "Quartier B", "31000 ORAN", "ALGÉRIE"),
    (
        "Résidence universitaire Les Grands Chênes, bâtiment C, escalier 4, porte 1203",
        "1, rue A",
        "Quartier B",
        "31000 ORAN",
        "Wilaya d’Oran",
        "ALGÉRIE",
    ),
    (*tuple(f"Ligne {place} d’une adresse qui n’en finit pas" for place in range(8)), "ALGÉRIE"),
    ("شارع الزيتون 12", "31000 وهران", "ALGÉRIE"),
)


@pytest.mark.parametrize("lines", LINES)
@pytest.mark.parametrize("name", [NAMES[0], NAMES[1], NAMES[4]])
def test_the_whole_address_is_always_in_the_window_and_nothing_else_ever_is(lines: tuple[str, ...], name: str):
    first = opened(render_pdf(html("invitation", "fr", applicant_name=name, address_lines=lines)))[0]
    up, down, left, right = envelopes.PERHAPS_SEEN[:2] + envelopes.PERHAPS_SEEN[2:]
    shown = [one for one in characters(first) if one[3] < down and one[4] > up and one[1] < right and one[2] > left]
    expected = re.sub(r"[\s,]", "", "".join((name, *lines)))
    assert sorted(re.sub(r",", "", "".join(one[0] for one in shown))) == sorted(expected)
    top, bottom, begin, end = envelopes.SEEN
    assert min(one[3] for one in shown) >= top
    assert max(one[4] for one in shown) <= bottom
    assert min(one[1] for one in shown) >= begin
    assert max(one[2] for one in shown) <= end


@pytest.mark.parametrize("model", SHEETS)
@both
@pytest.mark.parametrize("degrees", [0.0, 1.5, -3.0, 180.0])
def test_the_codes_of_the_return_sheet_survive_print_and_scan(model: str, language: Language, degrees: float):
    pdf = opened(render_pdf(html(model, language)))
    sheet = (
        pdf[len(pdf) - 1].render(scale=150 / 72).to_pil().convert("L").rotate(degrees, expand=True, fillcolor=255, resample=Image.Resampling.BILINEAR)
    )
    noise = np.random.default_rng(7).normal(0, 18, (sheet.height, sheet.width))
    scanned = np.clip(np.asarray(sheet, dtype=float) + noise, 0, 255).astype(np.uint8)
    assert CODE in {one.text for one in zxingcpp.read_barcodes(scanned)}


@every
@both
def test_french_is_set_as_french_is(model: str, language: Language):
    """A high sign never begins a line: what precedes it is a space that does not break."""
    source = html(model, language)
    french = re.sub(
        r'<article class="translation".*?</article>|<style>.*?</style>|<span class="en".*?</span>|<p[^>]* lang="en-CA">.*?</p>',
        "",
        source,
        flags=re.DOTALL,
    )
    words = re.sub(r"<[^>]+>", "", french)
    assert re.findall(r"\w+ [:;!?»%$]", words) == []
    assert re.findall(r"« ", words) == []
    assert "'" not in words.replace("&#39;", "")
    assert "’" in words or model == "notice"


def test_days_and_amounts_are_written_as_in_quebec():
    printed = "".join(page.get_textpage().get_text_range() for page in opened(render_pdf(html("receipt", "fr", received_on=date(2026, 11, 1)))))
    flat = re.sub(r"[\s\u00a0\u202f]+", " ", printed)
    assert "le 1er novembre 2026" in flat
    assert "1 271,00 $" in flat
    assert "1\u00a0271,00\u00a0$" in html("receipt", "fr")


def test_letters_that_join_are_read_apart():
    """Ligatures are drawn, and read aloud, copied and searched as the letters they join."""
    printed = "".join(
        page.get_textpage().get_text_range() for page in opened(render_pdf(html("receipt", "fr", applicant_name="Tiffany Œuvrard-Fflis")))
    )
    assert "Tiffany Œuvrard-Fflis" in printed


@every
@both
@pytest.mark.parametrize("many", [1, 4, 9])
def test_nothing_is_cut_and_no_heading_stands_alone(model: str, language: Language, many: int):
    changes: dict[str, object] = {"items": request_letter().items * many} if model == "request" else {}
    if model == "notice":
        changes = {
            "paragraphs_fr": ("Une phrase assez longue pour tenir sur deux lignes de la lettre, et même un peu plus que deux. " * 4,) * 3 * many
        }
    source = html(model, language, **changes)
    headings = {re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", one)).strip() for one in re.findall(r"<h[12].*?</h[12]>", source, re.DOTALL)}
    words: list[str] = []
    for page in opened(render_pdf(source)):
        width, height = page.get_size()
        for _character, left, right, top, bottom in characters(page):
            assert left >= 15
            assert right <= width / MILLIMETRE - 15
            assert top >= 10
            assert bottom <= height / MILLIMETRE - 8
        printed = [re.sub(r"\s+", " ", line).strip() for line in page.get_textpage().get_text_range().splitlines() if line.strip()]
        body = [line for line in printed if not line.startswith(("Votre dossier :", "Votre dossier :", "Page "))]
        assert body
        assert body[-1] not in headings
        words += " ".join(printed).split()
    wanted = set(
        re.sub(r"<[^>]+>", " ", re.sub(r"<head>.*?</head>", "", source, flags=re.DOTALL)).replace("&#39;", "'").replace("&amp;", "&").split()
    )
    whole = "".join(words)
    assert [one for one in wanted if re.sub(r"\W", "", one) and one.replace("\u00a0", "") not in whole] == []


@both
def test_a_long_list_keeps_its_return_sheet_on_one_page_and_the_address_by_its_sentence(language: Language):
    items = tuple(replace(item, person=FAMILY) for item in request_letter().items * 8)
    printed = [page.get_textpage().get_text_range() for page in opened(render_pdf(html("request", language, items=items)))]
    assert [place for place, text in enumerate(printed, 1) if "Placez cette feuille" in text] == [len(printed)]
    assert "One mailing, no staples" in " ".join(printed[-1].split())
    official = next(text for text in printed if "Direction du courrier" in text)
    assert "Par la poste." in official.replace("\u00a0", " ")
    assert ("/ Family" in printed[-1]) is (language == "en")


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_drawn(name: str):
    assert print_letter(html("invitation", "en", applicant_name=name)).missing == frozenset()
