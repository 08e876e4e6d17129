"""The honest outcome of each file of the sample set, as its manifest words it.

`Accepted(n)` must open with n pages; `Turned(...)` must be refused for one of these reasons; `Either` may do one or the
other, but accepted it has n pages. Warnings and codes listed are the least that must be said.
"""

from dataclasses import dataclass, field

from backoffice.core.scans import Refusal


@dataclass(frozen=True)
class Accepted:
    pages: int
    warnings: frozenset[str] = frozenset()
    blank: tuple[int, ...] | None = None
    codes: dict[int, tuple[str, ...]] = field(default_factory=dict)
    parts: tuple[tuple[int, ...], ...] | None = None
    soak: bool = False


@dataclass(frozen=True)
class Turned:
    reasons: frozenset[Refusal]
    pages: int | None = None  # where a repair is as honest as a refusal: what it must then show


def _accepted(*names: str, pages: int = 1, warn: str = "", soak: bool = False) -> dict[str, Accepted | Turned]:
    return {name: Accepted(pages, frozenset(warn.split()), soak=soak) for name in names}


def _turned(*names: str, reasons: tuple[Refusal, ...], pages: int | None = None) -> dict[str, Accepted | Turned]:
    return {name: Turned(frozenset(reasons), pages) for name in names}


BROKEN = (Refusal.DAMAGED, Refusal.NOT_READABLE)
COSTLY = (Refusal.TOO_COSTLY, *BROKEN)

SCANS: dict[str, Accepted | Turned] = {
    **_accepted("typewriter.png", "francais.pdf", "rotated_skew.pdf", "skew.pdf", "ccitt.pdf", "jbig2.pdf",
                "lichtenstein.pdf", "poster.pdf", "palette.pdf", "baiona_cmyk.jpg", "kcs.pdf", "8087_054.3B.tif",
                "eurotext.tif", "phototest_2.tif", "phototest-rotated-R.png", "phototest-rotated-180.png",
                "hebrew.png", "devatest-rotated-270.png", "deslant.tif", "pport_g4.tif", "g4_orientation_6.tif",
                "imgsrc001.png", "imgsrc003.png", "imgsrc005.png", "rtl-test.pdf", "no-text-alpha.png",
                "simple-no-dpi.png", "issue7200.pdf", "grayscale-image.pdf", "image-rotated.jpg",
                "image-no-rotation.jpg", "hopper_orientation_8.webp", "hopper_orientation_6.jpg",
                "test-card-lossless.jp2"),
    **_accepted("with-form.pdf", warn="form"),
    **_accepted("signed.pdf", warn="signed owner_restrictions"),
    **_accepted("cardinal.pdf", "rotated.pdf", "habibi-rotated.pdf", pages=4),
    **_accepted("multi-page-images.tiff", "multi-page-images-alpha.tiff", "g4-multi.tiff", pages=3),
    **_accepted("multi-page-mixed.pdf", pages=6),
    **_accepted("pencil.tiff", pages=2),
    **_accepted("document_bundle.pdf", pages=11),
    **_turned("old-style-jpeg-compression.tif", reasons=(Refusal.UNSUPPORTED, *BROKEN), pages=1),
    **_turned("scan-bad.pdf", reasons=BROKEN, pages=1),
    **_turned("simple.heic", "hopper.avif", reasons=(Refusal.UNSUPPORTED,)),
    "blank.pdf": Accepted(1, blank=(1,)),
    "no_contents.pdf": Accepted(1, blank=(1,)),
    "livecycle.pdf": Accepted(1, frozenset({"xfa"}), blank=(1,)),
}  # fmt: skip

BARCODES: dict[str, Accepted | Turned] = {
    "patch-code-t.pdf": Accepted(1, codes={1: ("PATCHT",)}, parts=()),
    "patch-code-t-middle.pdf": Accepted(3, codes={2: ("PATCHT",)}, parts=((1,), (3,))),
    "patch-code-t-middle.tiff": Accepted(3, codes={2: ("PATCHT",)}, parts=((1,), (3,))),
    "patch-code-t-middle-reverse.pdf": Accepted(3, codes={2: ("PATCHT",)}, parts=((1,), (3,))),
    "patch-code-t-middle-unreadable.pdf": Accepted(3, parts=((1, 2, 3),)),
    "several-patcht-codes.pdf": Accepted(7, codes={3: ("PATCHT",), 6: ("PATCHT",)}, parts=((1, 2), (4, 5), (7,))),
    "patch-code-t-qr.pdf": Accepted(1, codes={1: ("PATCHT",)}, parts=()),
    "barcode-fax-image.pdf": Accepted(3, codes={2: ("PATCHT",)}, parts=((1,), (3,))),
    "barcode-39-asn-123.pdf": Accepted(1, codes={1: ("ASN00123",)}, parts=((1,),)),
    "barcode-39-asn-invalid.pdf": Accepted(1, codes={1: ("ASNXYZXYZ",)}),
    "barcode-128-asn-too-large.pdf": Accepted(1, codes={1: ("ASN4294967296",)}),
    "barcode-39-custom.pdf": Accepted(1, parts=((1,),)),
    "split-by-asn-1.pdf": Accepted(10, blank=(2, 5, 6, 8, 10), codes={
        1: ("ASN00123",), 3: ("ASN00124",), 4: ("ASN00125",), 7: ("ASN00126",), 9: ("ASN00127",)}),
    "split-by-tag-basic.pdf": Accepted(6, codes={2: ("TAG:invoice",), 4: ("TAG:receipt",)},
                                       parts=((1, 2, 3, 4, 5, 6),)),
}  # fmt: skip

# EAN and UPC, the codes of shops, are not looked for; a value seen must be the one the manifest says.
PICTURES: dict[str, tuple[str, ...] | int] = {
    "code39-3_01.webp": ("165627",), "code39-3_05.webp": ("001EC947D49B",), "code39-3_07.webp": ("165340",),
    "code128-3_1.png": ("10064908",), "code128-3_2.webp": ("10068408",),
    "multi-1_#360.png": ("Aztec Code", "CODE 39", "PDF 417 Code", "QR Code"),
    "multi-1_1.png": ("www.airtable.com/jobs",), "multi-1_3xean-8.png": (),
    "falsepositives-2_01.webp": (), "falsepositives-2_02.webp": (), "falsepositives-2_03.webp": (),
    "qrcode-5_01.webp": 1, "qrcode-5_02.webp": 1, "qrcode-5_03.webp": 1,
    "pdf417-4_01-01.webp": 1, "pdf417-4_02-01.webp": 4, "pdf417-4_02-02.webp": 4,
}  # fmt: skip

ENVELOPES = {"ok__1111002.pdf": 1, "all_items__1111002.pdf": 1, "missing_document__1111001.pdf": 2,
             "mismatching_pdfs__1111002.pdf": 1, "mismatching_pdfs__1111005.pdf": 1}  # fmt: skip

HOSTILE: dict[str, Accepted | Turned] = {
    **_turned("bomb_giant.pdf", "enormous.pdf", "lottapixel.jpg", "png_decompression_dos.png",
              "oom-225817ca0f8c663be7ab4b9e717b02c661e66834.tif", reasons=COSTLY, pages=1),
    **_turned("Pages-tree-refs.pdf", "invalid_pdf.pdf", reasons=BROKEN, pages=2),
    **_turned("poppler-67295-0.pdf", "poppler-91414-0-53.pdf", "GHOSTSCRIPT-698804-1-fuzzed.pdf", "helloworld-bad.pdf",
              "bug1980958.pdf", "extractPages_null_in_array.pdf", "ContentStreamCycleType3insideType3.pdf",
              "operator_list_cycle.pdf", "jbig2_file_header.pdf", "object-stream-self-ref.pdf", "many-nulls.pdf",
              "bad16.pdf", "pages-is-page.pdf", "fuzz-99999d.pdf", "fuzz-99999e.pdf", "fuzz-70306.pdf",
              "broken_data_stream.png", "truncated_jpeg.jpg", "multipage_single_frame_loop.tiff",
              reasons=COSTLY, pages=1),
    **_turned("issue-1503.pdf", reasons=BROKEN, pages=2),
    **_turned("poppler-395-0-fuzzed.pdf", "REDHAT-1531897-0.pdf", "bug1020226.pdf", "issue15590.pdf",
              "issue9105_other.pdf", "Brotli-Prototype-FileA.pdf", "issue-99.pdf", "fuzz-5109284021272576.pdf",
              "fuzz-68915.pdf", "fuzz-18241.pdf", "invalid.pdf", "corrupted.pdf", "truncated_image.png",
              "crash-0c7e0e8e11ce787078f00b5b0ca409a167f070e0.tif", "crash-2020-10-test.tif", "seek_too_large.tif",
              "timeout-6646305047838720", reasons=BROKEN),
    **_turned("issue6010_1.pdf", "saslprep-r6.pdf", "print_protection.pdf", "enc-R2,V1,U=view,O=view.pdf",
              "enc-XI-R6,V5,U=wwwww,O=wwwww.pdf", "encrypted.pdf", "password-is-test.pdf",
              "encrypted-and-pw-is-password.pdf", reasons=(Refusal.ENCRYPTED,)),
    **_turned("secHandler.pdf", reasons=(Refusal.ENCRYPTED,), pages=1),
    **_turned("html-disguised.pdf", "svg-disguised.pdf", reasons=(Refusal.WRONG_TYPE,)),
    **_turned("zero-bytes.jpg", "zero-bytes.pdf", reasons=(Refusal.EMPTY,)),
    **_accepted("evaljs.pdf", pages=2, warn="active_content"),
    **_accepted("doc_actions.pdf", pages=3, warn="active_content"),
    **_accepted("autoprint.pdf", "issue17846.pdf", "issue6106.pdf", "multimedia_annotations.pdf",
                "veraPDF test suite 6-5-1-t01-fail-a.pdf", "veraPDF test suite 6-5-1-t01-fail-k.pdf",
                warn="active_content"),
    **_accepted("attachment.pdf", "add-attachments-1.pdf", "veraPDF test suite 6-8-t02-fail-d.pdf",
                warn="attachments"),
    **_accepted("xfa_issue14315.pdf", warn="xfa"),
    **_accepted("encrypted-attachment.pdf", warn="locked_parts"),
    **_accepted("empty_protected.pdf", "encrypted-but-not-pw-protected.pdf", warn="owner_restrictions"),
    **_accepted("digitally-signed.pdf", warn="signed"),
    **_accepted("empty#hash.pdf", "issue1985.pdf", "docinfo_latin1_key.pdf", "negzero.pdf",
                "xss_comment_exif_metadata_double_quote.png", "payload_in_all_known_metadata.jpg",
                "POC_phpinfo-metadata.jpg", "exif-ifd-offset.jpg"),
    **_accepted("boundingBox_invalid.pdf", "page-missing-mediabox-out.pdf", pages=3),
    **_accepted("duplicate_xref_entry.pdf", "test_with_bom.pdf", pages=2),
    **_accepted("fax-decode-parms.pdf", pages=10),
    **_accepted("append-xref-loop.pdf", pages=30),
    **_accepted("linearization-large-vector-alloc.pdf", "leading-junk.pdf", pages=30, soak=True),
    **_accepted("enc-R3,V2,O=master.pdf", pages=30, warn="owner_restrictions", soak=True),
}  # fmt: skip
