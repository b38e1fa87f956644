"""Invented articles for the search tests: made from a seed, over three years, with labels, names and reprints."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from core.records import CITY_TONES, TONES, TOPICS, Annotations, Article, Demand, Mention, Quote, RawArticle, Span, ToneLabel, TopicLabel

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
OUTLETS = ("toos", "sobh", "khorasan-news", "شهر_ما")
_TEXT = """
شهرداری مشهد مترو اتوبوس خیابان پیاده‌رو دست‌فروش دستفروشان درخت درختان بودجه شورا شورای شهر زائر زائران حرم ترافیک آسفالت زباله
پسماند فرهنگ فرهنگی مردم شهروند شهروندان رئیس رییس مسئول مسوولان هزینه هزینه‌ی ساخت می‌سازد می‌شود میشود گفت افزود کلائی کلایی
سه‌شنبه سه شنبه کتابخانه بوستان فضای سبز آلودگی هوا قطار شهری پروژه عمرانی بازآفرینی بافت فرسوده ۱۴۰۵ 1405
و در به از که این را با است
"""
WORDS = tuple(_TEXT.split())
PEOPLE = ("محمدرضا کلائی", "علی نمونه", "زهرا فرضی")
BODIES = ("شورای شهر مشهد", "شهرداری مشهد", "سازمان فرضی")


def article(number: int, headline: str = "", body: str = "", **fields: object) -> Article:
    """One invented article; ``fields`` are those of RawArticle or, of these names, of Article."""
    outer = {name: fields.pop(name) for name in ("reprint_group", "annotations", "withdrawn_at", "revision", "relevant") if name in fields}
    raw = {
        "outlet": "toos",
        "url": f"https://toos.example/news/{100000 + number}/slug",
        "canonical_url": f"https://toos.example/news/{100000 + number}",
        "news_id": str(number),
        "headline": headline or f"خبر شمارهٔ {number}",
        "body": body or "متن نمونه",
        "fetched_at": NOW,
        "published_at": NOW - timedelta(minutes=number),
        **fields,
    }
    return Article(**{"id": number, "raw": RawArticle(**raw), "first_seen_at": NOW, "reprint_group": number, **outer})  # type: ignore[arg-type]


def annotated(tone: str = "neutral", city: str = "none", topics: Sequence[str] = (), body: str = "", speaker: str = "") -> Annotations:
    """Invented annotations."""
    quotes = (Quote("سخن", Span(0, 3), "گفت", speaker, speaker, None, None, "management", False),) if speaker else ()
    entities = (Mention(body, "ORG", Span(0, 3)),) if body else ()
    labels = tuple(TopicLabel(topic, 0.8) for topic in topics)
    return Annotations(
        "test",
        ToneLabel(tone, 0.8, {}),
        ToneLabel(city, 0.8, {}),
        labels,
        entities,
        quotes,
        (Demand("بسازید", Span(0, 5)),) * (tone == "negative"),
    )


def many(count: int, seed: int, first: int = 1) -> list[Article]:
    """``count`` articles over about three years; a tenth are reprints of an earlier one."""
    chance = random.Random(seed)
    made: list[Article] = []
    for number in range(first, first + count):
        original = chance.choice(made) if made and chance.random() < 0.1 else None
        headline = original.raw.headline if original else " ".join(chance.choices(WORDS, k=chance.randint(3, 7)))
        text = original.raw.body if original else "\n".join(" ".join(chance.choices(WORDS, k=chance.randint(8, 40))) for _ in range(3))
        labels = annotated(
            chance.choice(TONES),
            chance.choice(CITY_TONES),
            chance.sample(TOPICS, k=chance.randint(0, 3)),
            chance.choice(("", *BODIES)),
            chance.choice(("", *PEOPLE)),
        )
        made.append(
            article(
                number,
                headline,
                text,
                outlet=chance.choice(OUTLETS),
                lead=" ".join(chance.choices(WORDS, k=6)) if chance.random() < 0.5 else "",
                section=chance.choice(("", "شهری", "فرهنگی و هنری")),
                published_at=NOW - timedelta(seconds=chance.randint(0, 1000 * 86400)),
                reprint_group=original.reprint_group if original else number,
                annotations=labels if chance.random() < 0.9 else None,
                relevant=chance.random() < 0.9,
            )
        )
    return made
