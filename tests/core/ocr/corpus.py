"""What the sample files say, by their manifest: words on each page, and the clockwise turn that makes it upright."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Expected:
    """One page of a sample: words that must be found, accents folded, and how it lies."""

    file: str
    number: int
    words: str
    turned: int = 0


LINN = "LinnSequencer TRANSPOSED synthesizers SMPTE MIDI Sequence Recorder"
PHOTO = "quick brown dog lazy fox ocr code"

QUICK = (
    Expected("francais.pdf", 1, "vieux whisky alcove buches capharnaum œuvre"),
    Expected("phototest-rotated-R.png", 1, PHOTO, 270),
    Expected("phototest-rotated-180.png", 1, PHOTO, 180),
    Expected("phototest_2.tif", 1, PHOTO),
    Expected("rotated.pdf", 2, "OCRmyPDF rotated", 180),
    Expected("eurotext.tif", 1, "schnelle paresseux perezoso preguicoso aspammer@website.com"),
    Expected("imgsrc001.png", 1, "Some text here"),
    Expected("deslant.tif", 1, "test deslant correction"),
    Expected("g4_orientation_6.tif", 1, "This is a test file"),
    Expected("multi-page-images.tiff", 3, "This is a multi page document 3"),
    Expected("multi-page-images-alpha.tiff", 1, "This is a multi page document 1"),
    Expected("multi-page-mixed.pdf", 2, "This is a multi page document 2"),
    Expected("multi-page-mixed.pdf", 5, "This is a multi page document 5"),
    Expected("signed.pdf", 1, "digitally signed"),
    Expected("with-form.pdf", 1, "Please enter your name"),
    Expected("rtl-test.pdf", 1, "وزارة الداخلية"),
    Expected("habibi-rotated.pdf", 1, "habibi"),
    Expected("kcs.pdf", 1, "Desktop"),
)
SLOW = (
    Expected("cardinal.pdf", 1, LINN), Expected("cardinal.pdf", 2, LINN, 270), Expected("cardinal.pdf", 3, LINN, 180),
    Expected("cardinal.pdf", 4, LINN, 90), Expected("rotated_skew.pdf", 1, "LinnSequencer Sequence Recorder"),
    Expected("skew.pdf", 1, "LinnSequencer MIDI"), Expected("ccitt.pdf", 1, LINN), Expected("jbig2.pdf", 1, LINN),
    Expected("poster.pdf", 1, LINN), Expected("rotated.pdf", 1, "text that appears on the first page", 270),
    Expected("rotated.pdf", 3, "really weird file", 90), Expected("rotated.pdf", 4, "your own fault screen orientation"),
    Expected("typewriter.png", 1, "Linzensoep Waterman kruidnagel kerrie laurier"),
    Expected("palette.pdf", 1, "BAIONA"), Expected("baiona_cmyk.jpg", 1, "BAIONA"),
    Expected("8087_054.3B.tif", 1, "Dubrovnik Dalmatian gnarled Adriatic"),
    Expected("pport_g4.tif", 1, "APPLICANTS BORN OUTSIDE THE UNITED STATES Naturalization birth certificate Consular Report"),
    Expected("issue7200.pdf", 1, "Lorem ipsum consetetur sadipscing"), Expected("scan-bad.pdf", 1, "pdf.js"),
    Expected("document_bundle.pdf", 2, "Employee's social security number"),
)  # fmt: skip
WORDLESS = ("no-text-alpha.png", "grayscale-image.pdf", "lichtenstein.pdf", "blank.pdf", "no_contents.pdf", "pencil.tiff", "hopper_orientation_6.jpg")
OTHER_SCRIPTS = {"hebrew.png": ("Hebrew", 0), "devatest-rotated-270.png": ("Devanagari", 90)}
