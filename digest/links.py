"""Addresses in the desk that show exactly the articles a number of the digest counts."""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from core.dates import TEHRAN, jalali
from digest.windows import Window

RELEVANT = "is:relevant"  # what a person marked irrelevant is in no digest and no alert


@dataclass(frozen=True, slots=True)
class Links:
    """Links of one digest: its search within a window. ``base_url`` has no slash at the end; no window means all times."""

    base_url: str
    query: str = ""
    window: Window | None = None

    def search(self, *clauses: str) -> str:
        """The search page of the digest's articles that also meet the clauses: ``search("tone:negative")``."""
        own = [f"({self.query})"] if self.query.strip() else []
        # The clauses go first: a quotation that the saved search leaves open cannot swallow them.
        return f"{self.base_url}/search?q={quote(' '.join([*self._times(), *clauses, RELEVANT, *own]), safe='')}"

    def article(self, id: int) -> str:
        """The page of an article."""
        return f"{self.base_url}/articles/{id}"

    def within(self, window: Window) -> "Links":
        """The same search in another window."""
        return replace(self, window=window)

    def _times(self) -> list[str]:
        return [f"from:{minute(self.window.since)}", f"to:{minute(self.window.until)}"] if self.window else []


def minute(moment: datetime) -> str:
    """``1405/09/03T06:30``: a minute of Tehran as ``from:`` and ``to:`` read it."""
    there = moment.astimezone(TEHRAN)
    return "{:04d}/{:02d}/{:02d}".format(*jalali(there.date())) + there.strftime("T%H:%M")


def quoted(field: str, value: str) -> str:
    """``speaker:"…"``: a clause for exactly this value of a facet."""
    return f'{field}:"{value.replace(chr(34), " ")}"'
