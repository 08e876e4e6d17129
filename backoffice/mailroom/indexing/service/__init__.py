"""Operations of indexing: candidates for an envelope, and the pile in doubt."""

from backoffice.mailroom.indexing.service.matching import candidates, found, is_sure
from backoffice.mailroom.indexing.service.pile import ask_colleague, colleagues, due_on, late_before, let_go, take_doubt

__all__ = ["ask_colleague", "candidates", "colleagues", "due_on", "found", "is_sure", "late_before", "let_go", "take_doubt"]
