"""Pages of threads: replying, what waits for an answer, messages to many."""

from backoffice.desk.threads.views import bulk, lists, reply
from backoffice.desk.threads.views.blueprint import bp

__all__ = ["bp", "bulk", "lists", "reply"]
