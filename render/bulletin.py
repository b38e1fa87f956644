"""A press book as it is read: cover, tone table, sections, articles. Pure; PDF, Word and page are made of the same record."""

import json
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.records import CITY_TONES, TONES, Article

_SUMMARY = 420
_KEPT_CONTROLS = frozenset("\n\u200c\u200d\u200e\u200f")  # line end, joiners, and the two harmless direction marks


@dataclass(frozen=True, slots=True)
class BookEntry:
    """One article of the book. ``summary`` is its lead, else how its body begins; ``tone`` and ``city_tone`` are "" until labelled."""

    article_id: int
    headline: str
    kicker: str
    summary: str
    outlet: str
    published_at: datetime | None
    url: str
    tone: str
    city_tone: str
    note: str

    @property
    def link(self) -> str:
        """The address where it may be followed: "" when it is none of the web."""
        return self.url if self.url.startswith(("https://", "http://")) else ""


@dataclass(frozen=True, slots=True)
class BookSection:
    """The articles about one topic, in the officer's order."""

    topic: str
    entries: tuple[BookEntry, ...]

    def count(self, tone: str) -> int:
        """How many of its articles have that tone."""
        return sum(entry.tone == tone for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Book:
    """A whole bulletin of one Tehran day."""

    title: str
    day: date
    note: str
    sections: tuple[BookSection, ...]

    @property
    def entries(self) -> tuple[BookEntry, ...]:
        """Every article in reading order."""
        return tuple(entry for section in self.sections for entry in section.entries)

    @property
    def tones(self) -> dict[str, int]:
        """How many articles have each tone: {"negative": 3, …}."""
        found = Counter(entry.tone for entry in self.entries)
        return {tone: found[tone] for tone in TONES}

    @property
    def city_tones(self) -> dict[str, int]:
        """The same for the tone toward the city, with "none"."""
        found = Counter(entry.city_tone for entry in self.entries)
        return {tone: found[tone] for tone in CITY_TONES}


def entry_of(article: Article, outlet: str, note: str) -> BookEntry:
    """What a book says of an article; ``outlet`` is the medium's Persian name."""
    raw, labels = article.raw, article.annotations
    return BookEntry(
        article_id=article.id,
        headline=plain(raw.headline),
        kicker=plain(raw.kicker),
        summary=summary(plain(raw.lead), plain(raw.body)),
        outlet=plain(outlet),
        published_at=raw.published_at,
        url=plain(raw.url),
        tone=labels.tone.label if labels else "",
        city_tone=labels.city_tone.label if labels else "",
        note=plain(note),
    )


def sections_of(entries: Sequence[tuple[str, BookEntry]]) -> tuple[BookSection, ...]:
    """Entries with their topics → sections in the order in which each topic first comes; inside, the order given.

    ("a", 1), ("b", 2), ("a", 3) → a: 1, 3; b: 2.
    """
    groups: dict[str, list[BookEntry]] = {}
    for topic, entry in entries:
        groups.setdefault(topic, []).append(entry)
    return tuple(BookSection(topic, tuple(group)) for topic, group in groups.items())


def summary(lead: str, body: str) -> str:
    """The lead; without one the body's first sentences up to 420 letters, ended with «…» where they were cut."""
    if lead.strip():
        return " ".join(lead.split())
    text = " ".join(body.split())
    if len(text) <= _SUMMARY:
        return text
    cut = text[:_SUMMARY]
    end = max(cut.rfind(mark) for mark in (". ", "؟ ", "! ", "؛ "))
    return cut[: end + 1] if end > _SUMMARY // 2 else cut.rsplit(" ", 1)[0] + "…"


def plain(text: str) -> str:
    """The text without control characters and without marks that turn the direction of what follows: «a\\u202eb» → «ab»."""
    return "".join(
        letter
        for letter in text.replace("\t", " ")
        if letter in _KEPT_CONTROLS or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Cn", "Co")
    )


def book_json(book: Book) -> str:
    """The book as it is kept once published."""
    return json.dumps(
        {
            "title": book.title,
            "day": book.day.isoformat(),
            "note": book.note,
            "sections": [
                {"topic": section.topic, "entries": [_entry_values(entry) for entry in section.entries]} for section in book.sections
            ],
        },
        ensure_ascii=False,
    )


def book_of_json(text: str) -> Book:
    """The book that ``book_json`` wrote."""
    values: Mapping[str, Any] = json.loads(text)
    sections = tuple(BookSection(section["topic"], tuple(_entry(entry) for entry in section["entries"])) for section in values["sections"])
    return Book(values["title"], date.fromisoformat(values["day"]), values["note"], sections)


def _entry_values(entry: BookEntry) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in BookEntry.__slots__}
    values["published_at"] = entry.published_at.isoformat() if entry.published_at else None
    return values


def _entry(values: Mapping[str, Any]) -> BookEntry:
    at = values["published_at"]
    return BookEntry(**{**values, "published_at": datetime.fromisoformat(at) if at else None})
