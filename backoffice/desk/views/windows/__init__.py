"""The pages of the intake periods: the list, one period live, its arrivals, its acts, its versions, notices and draw."""

from backoffice.desk.views.windows import acts, amendments, draws, lists, live, notices

__all__ = ["acts", "amendments", "draws", "lists", "live", "notices"]
