"""The thread of each case: messages and letters both ways, with what proves that they became readable.

Words: message (message), mailbox (messagerie sécurisée), letter (lettre), readable (accessible, LCCJTI s. 31).
Law: Act to establish a legal framework for information technology (C-1.1) s. 31; Charter of the French language s. 22.3.
"""
