"""A filled archive for the tests of the desk and the API: the invented sample articles with the labels their writers gave them."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.records import Annotations, Article, Demand, Mention, Outlet, Quote, RawArticle, Span, ToneLabel, TopicLabel
from core.settings import Settings
from samples.pieces import Newsroom, Piece, load_newsrooms
from store.archive import Archive, open_archive
from store.indexing import catch_up
from store.tantivy_index import TantivyIndex

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
QUOTED = re.compile(r"«([^»]{25,})»")
SPEAKERS = (("شهردار", "شهردار مشهد", "management"), ("شورای شهر", "عضو شورای شهر", "council"), ("ساکن", "یکی از ساکنان", "citizen"))
ASKING = ("خواستار", "گلایه", "گله", "اعتراض", "درخواست", "کاش", "مطالبه")


def open_filled(folder: Path, now: datetime = NOW) -> tuple[Archive, tuple[Outlet, ...]]:
    """An archive in ``folder`` with the sample articles, labelled, grouped and searchable; and their outlets. The caller closes it."""
    archive = open_archive(Settings(data=folder), TantivyIndex.in_memory())
    rooms = load_newsrooms(now)
    outlets = tuple(Outlet(room.key, room.name, room.family, f"http://{room.key}.example", owner=room.owner) for room in rooms)  # type: ignore[arg-type]
    ids: dict[str, int] = {}
    for room in rooms:
        for piece in room.pieces:
            ids[f"{room.key}/{piece.key}"] = archive.articles.save(raw_of(room, piece, now)).id
    pieces = {f"{room.key}/{piece.key}": piece for room in rooms for piece in room.pieces}
    for key, id in ids.items():
        archive.articles.annotate(id, 1, labels_of(pieces[key]), now)
    archive.groups.group_pending(lambda mark: (int.from_bytes(mark[:7]),), lambda _one, _other: True, now)
    catch_up(archive)
    return archive, outlets


def add(archive: Archive, raw: RawArticle, labels: Annotations | None = None) -> Article:
    """Store, label and index one more article."""
    id = archive.articles.save(raw).id
    if labels:
        archive.articles.annotate(id, 1, labels, NOW)
    catch_up(archive)
    return archive.articles.get(id)


def raw_of(room: Newsroom, piece: Piece, now: datetime) -> RawArticle:
    """The piece as the crawler would have stored it."""
    url = f"http://{room.key}.example/news/{piece.news_id}"
    return RawArticle(
        outlet=room.key,
        url=url,
        canonical_url=url,
        news_id=str(piece.news_id),
        headline=piece.headline,
        kicker=piece.kicker,
        lead=piece.lead,
        body="\n".join(piece.paragraphs),
        byline=piece.byline,
        section=piece.section[-1],
        keywords=piece.keywords,
        published_at=piece.published_at,
        fetched_at=now,
    )


def labels_of(piece: Piece) -> Annotations:
    """The labels that the piece's writer meant, and quotes, demands and names by simple rules."""
    body = "\n".join(piece.paragraphs)
    mark = (piece.reprint_of.split("/")[-1] or piece.key).encode().ljust(7)[:7]
    return Annotations(
        nlp_version="hand",
        tone=tone_of(piece.tone, ("negative", "neutral", "positive"), body),
        city_tone=tone_of(piece.city, ("negative", "neutral", "positive", "none"), body),
        topics=tuple(TopicLabel(topic, 0.9 - 0.1 * place) for place, topic in enumerate(piece.topics)),
        entities=tuple(_mentions(body)),
        quotes=tuple(_quotes(body)),
        demands=tuple(_demands(body)),
        fingerprint=mark,
    )


def tone_of(label: str, labels: tuple[str, ...], body: str = "") -> ToneLabel:
    """A confident label whose evidence is the first sentence."""
    rest = 0.2 / (len(labels) - 1)
    odds = {each: 0.8 if each == label else rest for each in labels}
    end = body.find(".") + 1
    return ToneLabel(label, 0.8, odds, evidence=(Span(0, end),) if end and label not in ("neutral", "none") else ())


def _mentions(body: str) -> list[Mention]:
    kinds = {"شهرداری مشهد": "ORG", "شورای شهر مشهد": "ORG", "میدان فردوسی": "LOC", "شهرک نیلوفر": "LOC"}
    return [
        Mention(name, kind, Span(found.start(), found.end()), name.replace(" ", "_") if kind == "ORG" else None)  # type: ignore[arg-type]
        for name, kind in kinds.items()
        for found in re.finditer(name, body)
    ]


def _quotes(body: str) -> list[Quote]:
    quotes = []
    for found in QUOTED.finditer(body):
        before = body[max(0, found.start() - 120) : found.start()]
        speaker, role, voice = next((who for who in SPEAKERS if who[0] in before), ("", "", "other"))
        quotes.append(Quote(found.group(1), Span(*found.span(1)), "گفت", speaker, role or None, None, role or None, voice, direct=True))  # type: ignore[arg-type]
    return quotes


def _demands(body: str) -> list[Demand]:
    start, demands = 0, []
    for sentence in re.split(r"(?<=[.!؟])\s", body):
        at = body.find(sentence, start)
        if any(word in sentence for word in ASKING):
            demands.append(Demand(sentence, Span(at, at + len(sentence)), "ساکنان محله"))
        start = at + len(sentence)
    return demands


def raw(number: int, **fields: object) -> RawArticle:
    """One more invented article, two hours old; ``fields`` replaces what a test is about."""
    url = f"https://toos.example/news/{number}"
    usual: dict[str, object] = {
        "outlet": "toos",
        "url": url,
        "canonical_url": url,
        "news_id": str(number),
        "headline": f"گشایش بوستان شمارهٔ {number}",
        "body": f"بوستان شمارهٔ {number} امروز گشوده شد.\nاهالی از نبود روشنایی گله دارند.",
        "fetched_at": NOW,
        "published_at": NOW - timedelta(hours=2),
    }
    return RawArticle(**(usual | fields))  # type: ignore[arg-type]
