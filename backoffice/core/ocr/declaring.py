"""What makes a PDF of pictures and unseen text one for the archive: PDF/A-2b (ISO 19005-2), declared in the file.

Nothing in such a file acts, everything it needs is in it, and its colours are those of one profile.
"""

from datetime import UTC, datetime
from functools import cache

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream
from PIL import ImageCms

_VERSION, _4_2 = slice(8, 12), bytes.fromhex("04200000")  # the newest the standard knows; what is in it is the same
_MADE_AT = slice(24, 36)  # of a profile: the moment it was made, which is no property of colours
_LONG_AGO = bytes.fromhex("07e000010001000000000000")


def declare(pdf: pikepdf.Pdf, *, title: str = "", created: datetime | None = None) -> None:
    """Say in the file what it is, and give it the colours it is in; one page alone has neither title nor date."""
    for key in ("/OpenAction", "/AA", "/Names", "/AcroForm"):
        if key in pdf.Root:
            del pdf.Root[key]
    pdf.Root.OutputIntents = Array([
        pdf.make_indirect(Dictionary(
            Type=Name.OutputIntent, S=Name.GTS_PDFA1, OutputConditionIdentifier=pikepdf.String("sRGB"),
            Info=pikepdf.String("sRGB IEC61966-2.1"), DestOutputProfile=Stream(pdf, _srgb(), N=3),
        )),
    ])  # fmt: skip
    with pdf.open_metadata(set_pikepdf_as_editor=False) as about:
        about["pdfaid:part"], about["pdfaid:conformance"] = "2", "B"
        if title:
            about["dc:title"] = title
        if created is not None:
            moment = created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            about["xmp:CreateDate"] = about["xmp:ModifyDate"] = about["xmp:MetadataDate"] = moment


@cache
def _srgb() -> bytes:
    """The profile of sRGB, the same bytes each time."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[_VERSION], made[_MADE_AT] = _4_2, _LONG_AGO
    return bytes(made)


SAVED = {"object_stream_mode": pikepdf.ObjectStreamMode.generate, "deterministic_id": True, "min_version": "1.7"}
