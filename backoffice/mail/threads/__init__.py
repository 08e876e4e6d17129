"""The desk side of each thread: drafts, presence, who answers, withdrawal, and texts to many.

Words: *draft* (brouillon), *paragraph* (paragraphe type, inserted while writing), *macro* (a reply with its acts), *presence*
(who reads or writes now), *bulk message* (envoi groupé), *recipient* (destinataire). A thread is answered by whoever it is
given to, else by the case's caseworker, else by the first who takes it.
Law: C-1.1 s. 31 (a message is received once it is accessible: withdrawing it later does not unsend it); P-39.1, A-2.1 (what
left the building stays in the record, whatever becomes of the mailbox).
"""
