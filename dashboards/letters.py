"""What the pages about digests ask of the digest: two functions that app hands over, for siblings do not import each other."""

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


class Letters(Protocol):
    """Composes letters; raises NotFound, BadQuery, Unavailable."""

    def preview(self, subscription_id: int | None, now: datetime) -> Letter:
        """What the newest digest of a subscription says; None: one about everything."""
        ...

    def kept(self, digest: DigestRecord) -> Letter:
        """A past digest as it was sent."""
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
