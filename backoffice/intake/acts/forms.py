"""What a supervisor chooses: the kind of act, whom it reaches, why and on what legal basis."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp

from backoffice.cases.ranking import ProcessingClass
from backoffice.core.forms import Form, IsoDateField, plain, strip
from backoffice.intake.acts.service import NewAct
from backoffice.intake.acts.values import UNDOES, ActKind, Choice
from backoffice.intake.acts.words import KIND

FIRST = tuple(kind for kind in ActKind if kind not in UNDOES)
"""The kinds that begin by themselves; the others undo one that was carried out."""


class ActForm(Form):
    """A new act; nothing happens to anybody when it is sent: the list is frozen and shown."""

    kind = RadioField(_l("What is done"), [InputRequired(_l("Choose what is done."))])
    undoes = HiddenField()
    window = SelectField(_l("Intake period"), [Optional()])
    programme = StringField(_l("Programme"), [Length(max=20), plain], filters=[strip])
    received_from = IsoDateField(_l("Legal receipt, from"), [Optional()])
    received_until = IsoDateField(_l("Legal receipt, until (included)"), [Optional()])
    channel = SelectField(_l("Channel"), [Optional()])
    country = StringField(
        _l("Country (code of two letters)"), [Optional(), Regexp("^[A-Z]{2}$", message=_l("Two capital letters, such as FR."))], filters=[strip]
    )
    status = SelectField(_l("Stage of the case"), [Optional()])
    processing_class = SelectField(_l("Processing class"), [Optional()])
    stops_clocks = BooleanField(_l("The decision stops the clocks: the days of the suspension do not count"))
    basis = StringField(
        _l("Legal basis, as the applicant will read it"),
        [InputRequired(_l("Name the decision, the law or the judgment.")), Length(max=300), plain], filters=[strip],
    )  # fmt: skip
    reason = TextAreaField(
        _l("Reason, for the second person and the history"), [InputRequired(_l("Say why, in a sentence.")), Length(max=1000), plain], filters=[strip]
    )

    def offer(self, windows: list[str], statuses: dict[str, object], undone: ActKind | None) -> None:
        """What may be chosen: an act that undoes another has one kind only."""
        kinds = [kind for kind, undoable in UNDOES.items() if undone in undoable] if undone else list(FIRST)
        self.kind.choices = [SelectChoice(kind.value, KIND[kind.value]) for kind in kinds]
        if undone and not self.kind.data:
            self.kind.data = kinds[0].value
        self.window.choices = [SelectChoice("", _("all periods")), *(SelectChoice(code, code) for code in windows)]
        self.channel.choices = [SelectChoice("", _("all channels")), SelectChoice("online", _("Online")), SelectChoice("paper", _("Paper"))]
        self.status.choices = [SelectChoice("", _("all stages")), *(SelectChoice(code, str(words)) for code, words in statuses.items())]
        self.processing_class.choices = [
            SelectChoice("", _("all classes")),
            *(SelectChoice(str(n), str(n)) for n in range(1, len(ProcessingClass) + 1)),
        ]

    def act(self) -> NewAct:
        """The act that was asked for."""
        choice = Choice(
            window=self.window.data or None, programme=self.programme.data or None, received_from=self.received_from.data,
            received_until=self.received_until.data, channel=self.channel.data or None, country=self.country.data or None,
            status=self.status.data or None, processing_class=int(self.processing_class.data) if self.processing_class.data else None,
        )  # fmt: skip
        undoes = int(self.undoes.data) if str(self.undoes.data or "").isdigit() else None
        return NewAct(ActKind(self.kind.data), choice, self.reason.data, self.basis.data, bool(self.stops_clocks.data), undoes)
