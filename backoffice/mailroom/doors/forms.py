"""What is typed at the doors."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from backoffice.core.forms import Form, text
from backoffice.mailroom.doors import words
from backoffice.mailroom.doors.models import ScanJob, Scanner
from backoffice.mailroom.doors.values import Abilities, Colour, Pass, ScannerKind, Source, Wanted

COMMON = (150, 200, 300, 400, 600)


class FilesForm(Form):
    """Scanned files, without scripts."""

    files = MultipleFileField(_l("Scanned files (PDF, TIFF, JPEG, PNG)"))


class ScannerForm(Form):
    """A scanner to be added to the list."""

    name = text(_l("Name for the clerks"), longest=60)
    kind = SelectField(_l("How it is connected"), choices=[SelectChoice(kind.value, label) for kind, label in words.KINDS.items()])
    address = text(_l("Address or device"), longest=200)

    @property
    def chosen(self) -> ScannerKind:
        """How it is spoken to."""
        return ScannerKind(self.kind.data)


class ScanForm(Form):
    """What is asked of a scanner."""

    scanner = SelectField(_l("Scanner"), coerce=int)
    source = SelectField(_l("Sheets taken from"))
    resolution = SelectField(_l("Resolution"), coerce=int)
    colour = SelectField(_l("Colours"))
    sides = SelectField(_l("Pages"))

    def offer(self, scanners: list[Scanner]) -> None:
        """Offer what these scanners can do, all together; the operation refuses what the chosen one cannot."""
        able = [Abilities.kept(one.abilities) for one in scanners]
        sources = {source for one in able for source in one.sources or tuple(Source)}
        colours = {colour for one in able for colour in one.colours or (Colour.GREY, Colour.COLOUR)}
        resolutions = {number for one in able for number in one.resolutions or COMMON}
        self.scanner.choices = [SelectChoice(one.id, one.name) for one in scanners]
        self.source.choices = [SelectChoice(source.value, label) for source, label in words.SOURCES.items() if source in sources]
        self.colour.choices = [SelectChoice(colour.value, label) for colour, label in words.COLOURS.items() if colour in colours]
        self.resolution.choices = [SelectChoice(number, f"{number} ppp") for number in sorted(resolutions)]
        self.sides.choices = [SelectChoice(one.value, label) for one, label in words.PASSES.items()]
        if not self.is_submitted():
            self.resolution.data = 300 if 300 in resolutions else min(resolutions, default=300)

    def remember(self, last: ScanJob | None) -> None:
        """Begin with what this clerk asked for last: a pile is scanned with one key."""
        if last is not None:
            self.scanner.data, self.source.data, self.resolution.data, self.colour.data = last.scanner_id, last.source, last.resolution, last.colour

    def wanted(self) -> Wanted:
        """What is asked."""
        return Wanted(Source(self.source.data), self.resolution.data, Colour(self.colour.data), Pass(self.sides.data))


class JoinForm(Form):
    """Two files of an envelope, put together."""

    fronts = SelectField(_l("File of the fronts"), coerce=int, validate_choice=False)
    backs = SelectField(_l("File of the backs"), coerce=int, validate_choice=False)


class SettleForm(Form):
    """What was done with something refused."""

    note = text(_l("What was done with it"), longest=500)
