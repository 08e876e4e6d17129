"""Operations on requests and documents: ask, receive, review. A request is a list whose every line has a state."""

from backoffice.documents.service.asking import reissue_request, replace_request, send_request, start_documents_term
from backoffice.documents.service.drafting import discard_draft, save_draft, save_field
from backoffice.documents.service.receiving import attach_document, file_document, receive_items, set_aside_document
from backoffice.documents.service.reviewing import cancel_request, review_item

__all__ = [
    "attach_document",
    "cancel_request",
    "discard_draft",
    "file_document",
    "receive_items",
    "reissue_request",
    "replace_request",
    "review_item",
    "save_draft",
    "save_field",
    "send_request",
    "set_aside_document",
    "start_documents_term",
]
