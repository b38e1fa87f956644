"""Articles and annotations of our own invention."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from core.records import Annotations, Comment, Demand, Image, Mention, Quote, RawArticle, Span, ToneLabel, TopicLabel

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def raw(number: int = 1, **fields: Any) -> RawArticle:
    """An invented article; ``fields`` replaces what a test is about."""
    base = RawArticle(
        outlet="toos",
        url=f"https://toos.example/news/{number}",
        canonical_url=f"https://toos.example/news/{number}/park",
        news_id=str(number),
        headline=f"گشایش بوستان شمارهٔ {number}",
        lead="بوستانی تازه در شرق شهر گشوده شد.",
        body=f"بوستان شمارهٔ {number} امروز گشوده شد.\nاهالی از نبود روشنایی گله دارند.",
        fetched_at=NOW,
        published_at=NOW - timedelta(minutes=number),
        published_at_source="json_ld",
    )
    return replace(base, **fields)


def full_raw() -> RawArticle:
    """An article with every field set."""
    return raw(
        7,
        kicker="گزارش",
        byline="نویسندهٔ نمونه",
        agency="توس",
        quoted_agency="نمونه‌نیوز",
        place="مشهد",
        section="شهری",
        keywords=("بوستان", "شرق شهر"),
        news_code="7001",
        short_url="https://toos.example/x7",
        updated_at=NOW,
        updated_at_source="meta",
        images=(Image("https://toos.example/7.jpg", "بوستان"),),
        comments=(Comment("خوب است", "یک شهروند", NOW, 3, None),),
        flags=("lead_missing",),
    )


def said(version: str = "v1", fingerprint: bytes = b"", tone: str = "neutral") -> Annotations:
    """Annotations with one of everything."""
    label = ToneLabel(tone, 0.8, {"negative": 0.1, "neutral": 0.8, "positive": 0.1}, False, (Span(0, 5), Span(0, 3, "headline")))
    return Annotations(
        nlp_version=version,
        tone=label,
        city_tone=replace(label, label="none"),
        topics=(TopicLabel("environment", 0.9), TopicLabel("social", 0.6)),
        entities=(Mention("بوستان", "LOC", Span(0, 6), "park-1", "positive"),),
        quotes=(Quote("گشوده شد", Span(3, 9), "گفت", "وی", "شهردار", "mayor", "شهردار", "management", True),),
        demands=(Demand("روشنایی می‌خواهیم", Span(10, 20), "اهالی"),),
        fingerprint=fingerprint,
    )
