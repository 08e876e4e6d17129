"""What a person types about a request for access."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from backoffice.core import clock
from backoffice.core.forms import Form, IsoDateField, plain, strip, text
from backoffice.desk.access.values import Channel, Ground, NewRequest
from backoffice.desk.access.words import CHANNEL, GROUND

GIVEN = "given"


def _passed(day: date | None) -> None:
    if day and day > clock.today():
        raise ValidationError(_("This day has not come yet."))


def _reason(label: object, least: int = 5) -> TextAreaField:
    wanted = [InputRequired(_l("Say why, in a sentence.")), Length(min=least, max=1000, message=_l("Between 5 and 1,000 characters.")), plain]
    return TextAreaField(label, wanted, filters=[strip], render_kw={"rows": 3})


class RequestForm(Form):
    """A request as it came."""

    case_number = text(_l("Case number"), longest=20)
    requester = text(_l("Who asks, and in what quality (the person, a representative…)"), longest=200)
    received_on = IsoDateField(_l("Received on"), [InputRequired(_l("Write the day."))])
    channel = SelectField(_l("How it came"), choices=[SelectChoice(one.value, CHANNEL[one.value]) for one in Channel])
    identity = text(_l("How identity was checked"), longest=300)

    def validate_received_on(self, field: IsoDateField) -> None:
        """A request does not come from the future."""
        _passed(field.data)

    def request(self) -> NewRequest:
        """The request."""
        assert self.received_on.data is not None  # required above
        return NewRequest(self.case_number.data, self.requester.data, self.received_on.data, Channel(self.channel.data), self.identity.data)


class ExtensionForm(Form):
    """Why ten days more."""

    reason = _reason(_l("Reason, which the person is told"))


class ChoiceForm(Form):
    """What becomes of one item."""

    item = HiddenField()
    ground = SelectField(
        _l("Given or kept back"), choices=[SelectChoice(GIVEN, _l("given")), *(SelectChoice(g.value, GROUND[g.value]) for g in Ground)]
    )
    reason = StringField(_l("Remark, which the person reads"), [Length(max=300), plain], filters=[strip])

    @property
    def chosen(self) -> Ground | None:
        """The ground, if it is left out."""
        return None if self.ground.data == GIVEN else Ground(self.ground.data)


class ReleaseForm(Form):
    """The copy was given."""

    released_on = IsoDateField(_l("Given on"), [InputRequired(_l("Write the day."))])
    way = text(_l("How (registered mail and its number, at the counter, through the portal…)"), longest=200)

    def validate_released_on(self, field: IsoDateField) -> None:
        """Nothing is given tomorrow."""
        _passed(field.data)


class RefusalForm(Form):
    """The whole request is refused."""

    ground = SelectField(
        _l("Ground of the refusal"), choices=[SelectChoice(g.value, GROUND[g.value]) for g in (Ground.IDENTITY, Ground.INQUIRY, Ground.THIRD_PARTY)]
    )
    reason = _reason(_l("Reason, which the person is told"))
