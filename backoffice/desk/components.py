"""The parts that pages are made of, each shown once: for those who write pages, and for the tests of accessibility."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, FileField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from backoffice.core import clock
from backoffice.core.forms import Form, IsoDateField, MoneyField
from backoffice.core.web import page, requires
from backoffice.staff.permissions import Permission

bp = Blueprint("components", __name__)


def _choices(words: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in words.items()]


class ExampleForm(Form):
    """One field of each kind; its words are examples, like its people."""

    name = StringField("Nom de famille", [InputRequired("Écrivez le nom de famille.")])
    born = IsoDateField("Date de naissance")
    amount = MoneyField("Montant")
    country = SelectField("Pays", choices=_choices({"": "", "DZA": "Algérie", "FRA": "France", "VNM": "Viêt Nam"}))
    channel = RadioField("Canal", choices=_choices({"online": "En ligne", "paper": "Papier"}), default="paper")
    items = SelectMultipleField(
        "Pièces", choices=_choices({"1": "Acte de naissance", "2": "Diplôme"}), widget=ListWidget(), option_widget=CheckboxInput()
    )
    sure = BooleanField("L’original a été vu")
    scan = FileField("Numérisation")
    note = TextAreaField("Note")


@dataclass(frozen=True)
class Fact:
    """One of the facts that stay on top of a case."""

    label: str
    value: str
    detail: str = ""
    url: str | None = None
    url_label: str = ""
    tag: tuple[str, str] | None = None
    percent: int | None = None
    track_kind: str = ""


@dataclass(frozen=True)
class Top:
    """What the top of a case shows."""

    name: str
    number: str
    birth_date: date
    tags: tuple[tuple[str, str], ...]
    people: int
    language: str
    representative: str
    officer: str
    viewers: tuple[str, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Entry:
    """A line of a timeline."""

    text: str
    by: str
    at: datetime
    outside: bool = False


@dataclass(frozen=True)
class Term:
    """The workings of a term."""

    workings: dict[str, object]


TOP = Top(
    name="Exemple-Nguyễn, Aïcha Thérèse", number="26000412-7", birth_date=date(1985, 2, 28), people=4, language="fr",
    tags=(("En ligne", "online"), ("Documents reçus", ""), ("Prioritaire : offre validée", "warn")),
    representative="Mᵉ Dupont", officer="A. Tremblay", viewers=("M. Roy",),
    facts=(
        Fact("Admission (place dans le quota)", "Confirmée, rang 17", "période DEMO", "#", "Pourquoi ce résultat ?"),
        Fact("Traitement (ordre de travail)", "Classe 2, 1ᵉ de 4 318", "l’une ne donne pas l’autre", "#", "Pourquoi ici ?"),
        Fact("Frais", "1 271,00 $ reçus", "carte, 13 juin 2016", tag=("Soldé", "ok")),
        Fact("Documents, 90 jours", "25 janvier 2017", "dans 64 j", "#", "Détail du calcul", percent=38),
    ),
)  # fmt: skip

TERM = Term(
    {
        "start": "2016-10-26", "day_zero_reason": "list_sent", "days": 90, "extended_by": 0, "paused_days": 0, "counted_to": "2017-01-24",
        "skipped": [], "last_day": "2017-01-24", "calendar_version": "I-16/2016", "saturdays": True,
        "rule": {
            "kind": "documents", "days": 90, "citation": "A-1520-LF (2016-01)", "version": "documents-2016-01-01", "in_force_from": "2016-01-01",
        },
    }
)  # fmt: skip


@bp.route("/components", methods=["GET", "POST"])
@requires(Permission.SEE_COMPONENTS)
def index() -> ResponseReturnValue:
    """Every part, with example content; sending the form shows its errors."""
    form = ExampleForm()
    form.submitted()
    now = clock.now()
    entries = (
        Entry("Pièce refusée : diplôme, traduction absente", "A. Tremblay", now - timedelta(hours=3)),
        Entry("Explication reçue pour le contrat d’autonomie financière", "Requérante, portail", now - timedelta(days=9), outside=True),
    )
    return page("components/index.html", form=form, top=TOP, entries=entries, term=TERM)
