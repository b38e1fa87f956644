"""What the pages about what is sent ask of the digest: functions that app hands over, for siblings do not import each other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from starlette.responses import Response

from core.errors import NotFound
from store.sendings import DigestRecord

# A letter has its own styles inside it. It is shown alone, without scripts, forms or anything from outside.
LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox allow-popups"


class Letter(Protocol):
    """A composed digest."""

    @property
    def subject(self) -> str:
        """Its subject line."""
        ...

    @property
    def text(self) -> str:
        """It as plain text."""
        ...

    def browser_html(self) -> str:
        """The letter as a page of its own."""
        ...


@dataclass(frozen=True, slots=True)
class Firing:
    """When an alert rule would have fired: ``count`` articles until that moment where ``usual`` ones come and ``limit`` are told.

    ``times`` are the clauses of the hours that were counted, as the search box reads them.
    """

    kind: str
    until: datetime
    count: int
    usual: float
    limit: int
    compared: int
    times: str


class Letters(Protocol):
    """Composes letters and tries alerts; raises NotFound, BadQuery, Unavailable."""

    def preview(self, subscription_id: int | None, now: datetime) -> Letter:
        """What the newest digest of a subscription says; None: one about everything."""
        ...

    def kept(self, digest: DigestRecord) -> Letter:
        """A past digest as it was sent."""
        ...

    def backtest(self, query: str, since: datetime, now: datetime) -> Iterable[Firing]:
        """When a rule of this search would have fired, oldest first."""
        ...

    def checked_webhook(self, url: str) -> str:
        """The address, if it may be told of events. Raises BadInput."""
        ...


def known_letters(letters: Letters | None) -> Letters:
    """The letters of a desk. NotFound where it has none."""
    if letters is None:
        raise NotFound("letters", "")
    return letters


def letter_page(letter: Letter) -> Response:
    """A letter as a page of its own under its own policy."""
    headers = {"Content-Security-Policy": LETTER_POLICY, "X-Robots-Tag": "noindex"}
    return Response(letter.browser_html(), media_type="text/html; charset=utf-8", headers=headers)
