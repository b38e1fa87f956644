"""Fills an archive from the invented sample articles, labelled as their writer meant them: no model is needed here."""

import re
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from core.records import Annotations, Article, Demand, Quote, RawArticle, Span, ToneLabel, TopicLabel
from samples.pieces import Newsroom, Piece, load_newsrooms
from store.archive import Archive
from store.indexing import catch_up

_SPEAKER = re.compile(r"([^\s،.«»؛:]+ [^\s،.«»؛:]+)، (?:[^.«»]{3,90}?)(?:گفت|می‌گوید|اظهار کرد)(?:[^.«»]*(«[^»]*»))?")
_DEMAND = re.compile(r"[^.«»]*(?:می‌خواهیم|می‌خواهد|خواستار|خواسته‌اند|را بدهید)[^.«»]*")


def raw_of(piece: Piece, room: Newsroom) -> RawArticle:
    """The article as the crawler would have read it."""
    url = f"http://{room.key}.invalid/news/{piece.news_id}"
    return RawArticle(
        outlet=room.key,
        url=url,
        canonical_url=url,
        news_id=str(piece.news_id),
        headline=piece.headline,
        lead=piece.lead,
        body="\n".join(piece.paragraphs),
        section=" > ".join(piece.section),
        published_at=piece.published_at,
        fetched_at=piece.published_at,
    )


def said_of(piece: Piece, body: str) -> Annotations:
    """What its writer meant; quotes and demands by two rough patterns."""
    quotes = tuple(
        Quote(match[2] or match[0], Span(*match.span()), "گفت", match[1], match[1], None, None, "citizen", bool(match[2]))
        for match in _SPEAKER.finditer(body)
    )
    demands = tuple(Demand(match[0].strip(), Span(*match.span()), "مردم") for match in _DEMAND.finditer(body))
    return Annotations(
        nlp_version="test",
        tone=ToneLabel(piece.tone, 0.9, {piece.tone: 1.0}),
        city_tone=ToneLabel(piece.city, 0.9, {piece.city: 1.0}),
        topics=tuple(TopicLabel(topic, 0.9) for topic in piece.topics),
        quotes=quotes,
        demands=demands,
        fingerprint=sha256((piece.reprint_of.partition("/")[2] or piece.key).encode()).digest()[:4],
    )


def fill(archive: Archive, now: datetime, rooms: Sequence[Newsroom] | None = None) -> int:
    """Stores, labels, groups and indexes the samples as of ``now``; returns how many."""
    count = 0
    for room in rooms or load_newsrooms(now):
        for piece in room.pieces:
            add(archive, raw_of(piece, room), piece)
            count += 1
    settle(archive, now)
    return count


def add(archive: Archive, raw: RawArticle, piece: Piece) -> int:
    """Stores and labels one article; not searchable before ``settle``."""
    id = archive.articles.save(raw).id
    archive.articles.annotate(id, archive.articles.get(id).revision, said_of(piece, raw.body), raw.fetched_at)
    return id


def settle(archive: Archive, now: datetime) -> None:
    """Groups the reprints and brings the index up to date."""
    archive.groups.group_pending(lambda fingerprint: (int.from_bytes(fingerprint, "little"),), _same, now)
    catch_up(archive)


def _same(one: Article, other: Article) -> bool:
    return bool(one.annotations and other.annotations and one.annotations.fingerprint == other.annotations.fingerprint)
