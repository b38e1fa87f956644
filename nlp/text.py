"""What the annotator reads of one article."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Text:
    """One article's words: offsets of annotations count in ``body`` (or ``headline``); ``lead`` is read along where it stands apart.

    ``published_at`` (aware UTC) says who held an office on that day; ``id`` is the caller's own and is not read.
    """

    headline: str
    body: str
    published_at: datetime | None = None
    id: str = ""
    lead: str = ""
