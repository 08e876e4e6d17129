"""The words on received pages: turned upright, recognised, and put under the picture as text that can be searched.

Knows nothing about immigration. The engine runs in a bounded process of its own, one for each file, so that a page that
hangs or crashes it costs that page. Reads French and English, Spanish and Arabic where a page is in them; of any other
script it says the name and gives no text.
"""

from backoffice.core.ocr.archiving import archive
from backoffice.core.ocr.data import languages
from backoffice.core.ocr.recognising import recognise
from backoffice.core.ocr.values import OcrLimits, Recognised, Unrecognised, Wanted, Word

__all__ = ["OcrLimits", "Recognised", "Unrecognised", "Wanted", "Word", "archive", "languages", "recognise"]
