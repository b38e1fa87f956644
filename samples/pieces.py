"""The invented articles: TOML files beside this module → ``Piece`` records with times relative to a start."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from samples.habits import ZWNJ, Habit, in_habit

DATA = Path(__file__).parent / "data"
FILES = ("nastooh", "samaneh", "wordpress")


@dataclass(frozen=True, slots=True)
class Remark:
    """A reader's comment under a piece."""

    author: str
    text: str
    published_at: datetime
    up: int = 0
    down: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """One invented article of one sample outlet. ``topics``, ``tone`` and ``city`` are what its writer meant it to be."""

    key: str
    news_id: int
    section: tuple[str, ...]
    headline: str
    paragraphs: tuple[str, ...]
    published_at: datetime
    updated_at: datetime
    kicker: str = ""
    lead: str = ""
    byline: str = ""
    keywords: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    topics: tuple[str, ...] = ()
    tone: str = "neutral"
    city: str = "none"
    reprint_of: str = ""

    @property
    def slug(self) -> str:
        """The headline as a path: «فیلم| شهر زنده‌تر شد» → ``فیلم-شهر-زنده-تر-شد``."""
        letters = (char if char.isalnum() else " " for char in self.headline.replace(ZWNJ, " "))
        return "-".join("".join(letters).split())

    @property
    def teaser(self) -> str:
        """What a feed shows: the lead, or the beginning of the text."""
        return self.lead or self.paragraphs[0][:180].rsplit(" ", 1)[0]


@dataclass(frozen=True, slots=True)
class Newsroom:
    """A sample outlet with its pieces, newest first. ``edits`` are the later versions that ``edited`` publishes."""

    key: str
    name: str
    family: str
    owner: str
    notice: str
    pieces: tuple[Piece, ...]
    edits: Mapping[str, Callable[[Piece], Piece]] = field(default_factory=dict)

    def edited(self, at: datetime) -> "Newsroom":
        """The newsroom after it corrected what it has to correct."""
        changed = (replace(self.edits[piece.key](piece), updated_at=at) if piece.key in self.edits else piece for piece in self.pieces)
        return replace(self, pieces=tuple(changed), edits={})


def load_newsrooms(now: datetime) -> tuple[Newsroom, ...]:
    """The three sample outlets; every time lies before ``now`` (aware), at most 14 days."""
    documents = {name: _read(name) for name in FILES}
    written = {f"{name}/{row['key']}": row for name, document in documents.items() for row in document["article"]}
    return tuple(_newsroom(document, written, now) for document in documents.values())


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def _newsroom(document: dict[str, Any], written: dict[str, dict[str, Any]], now: datetime) -> Newsroom:
    outlet, habit = document["outlet"], document["habit"]
    rows = [*document["article"], *(_copy(row, written[row["of"]]) for row in document.get("reprint", []))]
    rows.sort(key=lambda row: -float(row["hours"]))
    pieces = [_piece(row, outlet["first_id"] + 7 * number, habit, now) for number, row in enumerate(rows)]
    return Newsroom(
        key=outlet["key"],
        name=outlet["name"],
        family=outlet["family"],
        owner=outlet["owner"],
        notice=document["notice"],
        pieces=tuple(reversed(pieces)),
        edits={row["of"]: _correction(row) for row in document.get("edit", [])},
    )


def _copy(row: dict[str, Any], original: dict[str, Any]) -> dict[str, Any]:
    """A reprint: the other outlet's words under its own prefix and credit, now and then without the last paragraph."""
    paragraphs = original["body"].strip().split("\n")
    if row.get("drop_last"):
        paragraphs = paragraphs[: -int(row["drop_last"])]
    first = paragraphs[0].split("، ", 1)[-1] if paragraphs[0].startswith("به گزارش") else paragraphs[0]
    paragraphs[0] = row["credit"] + first
    return {
        **original,
        "comments": [],
        "key": row["key"],
        "hours": row["hours"],
        "section": row["section"],
        "headline": row.get("prefix", "") + original["headline"].removesuffix(" + عکس") + row.get("suffix", ""),
        "body": "\n".join(paragraphs),
        "byline": "",
        "reprint_of": row["of"],
    }


def _piece(row: dict[str, Any], news_id: int, habit: Habit, now: datetime) -> Piece:
    published_at = _before(now, row["hours"])
    paragraphs = row["body"].strip().split("\n")
    return Piece(
        key=row["key"],
        news_id=news_id,
        section=tuple(row["section"]),
        kicker=row.get("kicker", ""),
        headline=in_habit(row["headline"], habit),
        lead=in_habit(row.get("lead", ""), habit),
        paragraphs=tuple(in_habit(text, habit, turn) for turn, text in enumerate(paragraphs)),
        byline=row.get("byline", ""),
        keywords=tuple(row["keywords"]),
        published_at=published_at,
        updated_at=published_at,
        remarks=tuple(
            Remark(mark["author"], mark["text"], _before(now, mark["hours"]), mark.get("up", 0), mark.get("down", 0))
            for mark in row.get("comments", [])
        ),
        topics=tuple(row["topics"]),
        tone=row["tone"],
        city=row["city"],
        reprint_of=row.get("reprint_of", ""),
    )


def _before(now: datetime, hours: float) -> datetime:
    return (now - timedelta(hours=hours)).replace(second=0, microsecond=0)


def _correction(row: dict[str, Any]) -> Callable[[Piece], Piece]:
    def correct(piece: Piece) -> Piece:
        return replace(
            piece,
            headline=row["headline"],
            lead=_replace_all(piece.lead, row["replace"]),
            paragraphs=tuple(_replace_all(text, row["replace"]) for text in piece.paragraphs),
        )

    return correct


def _replace_all(text: str, pairs: list[list[str]]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text
