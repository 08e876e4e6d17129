"""What is said of requests for documents and of messages."""

from typing import Final

from flask_babel import lazy_gettext as _l

from backoffice.desk.threads.words import MESSAGE as THREAD_MESSAGES

ITEM: Final = {
    "asked": _l("Awaited"),
    "received": _l("To review"),
    "accepted": _l("Accepted"),
    "refused": _l("Not accepted"),
    "explained": _l("Explanation accepted"),
    "waived": _l("No longer required"),
}

REQUEST: Final = {
    "open": _l("Under way"),
    "satisfied": _l("Complete"),
    "lapsed": _l("Without answer"),
    "withdrawn": _l("Called back"),
    "replaced": _l("Replaced"),
}

FORMAT: Final = {"original": _l("Original"), "certified_copy": _l("Certified true copy"), "photocopy": _l("Legible photocopy")}

MESSAGE: Final = {
    "payment_invitation": _l("Invitation to pay"),
    "payment_received": _l("Receipt of payment"),
    "payment_lapsed": _l("Notice of lapse"),
    "reminder_payment": _l("Reminder: payment"),
    "reminder_documents": _l("Reminder: documents"),
    "reminder_intention": _l("Reminder: observations"),
    "term_moved": _l("New last day"),
    "intention_to_reject": _l("Intention to reject"),
    "intention_withdrawn": _l("Intention withdrawn"),
    "application_rejected": _l("Notice of rejection"),
    "error_corrected": _l("Error of the ministry corrected"),
    "document_request": _l("Request for documents"),
    "item_refused": _l("Document to be sent again"),
    "documents_complete": _l("Documents complete"),
    "acknowledgment": _l("Acknowledgment of receipt"),
    "arrival_refused": _l("Application not received"),
    "admission_annulled": _l("Application annulled"),
    "ended_by_law": _l("End by operation of law"),
    "act_stayed": _l("Application resumed where it stood"),
    "processing_suspended": _l("Processing suspended"),
    "processing_resumed": _l("Processing resumed"),
    "reply": _l("Message of the applicant"),
    "exemption_verified": _l("Ground of exemption recognized"),
    "exemption_denied": _l("Ground of exemption not recognized"),
    "duplicate_refused": _l("Second application not admitted"),
    "withdrawal_confirmed": _l("Withdrawal confirmed"),
    "refund_answered": _l("Decision on the fee paid"),
    "review_reinstated": _l("Reinstated after review"),
    "review_maintained": _l("Maintained after review"),
    "claim_granted": _l("Prevented by a fault: granted"),
    "claim_declined": _l("Prevented by a fault: declined"),
    "examination_declined": _l("Application not examined"),
    **THREAD_MESSAGES,
}
