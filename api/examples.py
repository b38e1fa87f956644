"""One invented article and the answers made of it: what the OpenAPI description shows."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from core.records import (
    Annotations,
    Article,
    Change,
    Demand,
    Mention,
    Outlet,
    Quote,
    RawArticle,
    Revision,
    Span,
    ToneLabel,
    TopicLabel,
)
from render.shapes import article_json, brief_json, change_json, demand_json, outlet_json, quote_json, reprint_json, revision_json

_BODY = "مدیر منطقهٔ نمونه گفت: «روکش خیابان لاله تا پایان ماه کامل می‌شود.»\nاهالی خیابان لاله خواهان پیاده‌روی ایمن هستند."
_RAW = RawArticle(
    outlet="nemoone",
    url="https://news.example/12345",
    canonical_url="https://news.example/12345",
    news_id="12345",
    headline="روکش خیابان لاله کامل می‌شود",
    body=_BODY,
    fetched_at=datetime(2026, 11, 24, 5, 12, tzinfo=UTC),
    section="شهری",
    published_at=datetime(2026, 11, 24, 4, 30, tzinfo=UTC),
    published_at_source="json_ld",
)
_NEUTRAL = ToneLabel("neutral", 0.81, {"negative": 0.06, "neutral": 0.81, "positive": 0.13})
_CITY = ToneLabel("neutral", 0.74, {"negative": 0.07, "neutral": 0.74, "positive": 0.12, "none": 0.07})
_QUOTED = "روکش خیابان لاله تا پایان ماه کامل می‌شود."
_ASKED = "اهالی خیابان لاله خواهان پیاده‌روی ایمن هستند."


def _span(words: str) -> Span:
    start = _BODY.index(words)
    return Span(start, start + len(words))


_ARTICLE = Article(
    id=42,
    raw=_RAW,
    first_seen_at=datetime(2026, 11, 24, 5, 12, tzinfo=UTC),
    reprint_group=42,
    annotations=Annotations(
        nlp_version="1",
        tone=_NEUTRAL,
        city_tone=_CITY,
        topics=(TopicLabel("roads", 0.93),),
        entities=(Mention("خیابان لاله", "LOC", _span("خیابان لاله"), None, None),),
        quotes=(Quote(_QUOTED, _span(_QUOTED), "گفت", "مدیر منطقهٔ نمونه", None, None, "مدیر منطقه", "management", direct=True),),
        demands=(Demand(_ASKED, _span(_ASKED), "اهالی خیابان لاله"),),
    ),
    tagged_at=datetime(2026, 11, 24, 5, 12, 3, tzinfo=UTC),
)

ARTICLE = article_json(_ARTICLE)
ARTICLE_PAGE = {"articles": [ARTICLE], "next_cursor": "42"}
REVISIONS = {"revisions": [revision_json(Revision(42, 1, _RAW))]}
SEARCH: dict[str, Any] = {
    "total": 1,
    "partial_total": 0,
    "hits": [
        {
            **brief_json(_ARTICLE),
            "score": 7.31,
            "partial": False,
            "headline_marks": [{"start": 0, "end": 4}],
            "snippet": {"text": _QUOTED, "marks": [{"start": 0, "end": 4}]},
            "reprints": [],
        }
    ],
    "facets": {"tone": [{"value": "neutral", "count": 1}]},
    "notes": [],
    "next_cursor": None,
}
EXPLANATION = {
    "clauses": [{"text": "روکش", "means": "واژهٔ «روکش» به هر املا و صرف", "covers": ["روکش", "روکشها"], "total": 5}],
    "notes": [],
    "did_you_mean": None,
}
STATS = {"total": 5, "by": ["day", "tone"], "counts": [{"day": "2026-11-24", "tone": "neutral", "count": 5}]}
OUTLETS = {
    "outlets": [
        {
            **outlet_json(Outlet("nemoone", "رسانهٔ نمونه", "wordpress", "https://news.example", owner="private")),
            "articles": 120,
            "addresses": dict(Counter({"stored": 118, "waiting": 2})),
            "week": 31,
            "newest_at": "2026-11-24T04:30:00Z",
            "state": "well",
            "feeds": [
                {"url": "https://news.example/rss", "kind": "feed", "outcome": "read", "failures": 0, "read_at": "2026-11-24T05:10:00Z"}
            ],
        }
    ]
}
CHANGES = {"changes": [change_json(Change(17, 42, "annotated"), _ARTICLE)], "next_after": 17, "newest_seq": 17}
ALIVE = {"status": "ok"}
HEALTH = {"status": "ok", "articles": 120, "searchable": 120, "changes_behind": 0}
_LABELS = _ARTICLE.annotations
assert _LABELS is not None
QUOTES = {"articles": 1, "quotes": [{"article": reprint_json(_ARTICLE), **quote_json(_LABELS.quotes[0])}], "next_cursor": None}
DEMANDS = {"articles": 1, "demands": [{"article": reprint_json(_ARTICLE), **demand_json(_LABELS.demands[0])}], "next_cursor": None}
SERIES = {
    "step": "day",
    "by": "tone",
    "total": 3,
    "points": [
        {"day": "2026-11-23", "count": 0, "values": {}},
        {"day": "2026-11-24", "count": 3, "values": {"negative": 1, "neutral": 2}},
    ],
}
_SIDE = {"articles": 4, "share": 0.4, "tones": {"negative": 2, "neutral": 1, "positive": 1}}
TRIANGLE = {
    "sums": {"ask": 10, "say": 10, "write": 10},
    "topics": [{"topic": "roads", "ask": _SIDE, "say": _SIDE, "write": _SIDE}],
}
_STORY: dict[str, Any] = {
    "id": 42,
    "first": brief_json(_ARTICLE),
    "originals": [42],
    "article_count": 1,
    "outlets": ["nemoone"],
    "first_at": "2026-11-24T04:30:00Z",
    "last_at": "2026-11-24T04:30:00Z",
}
STORIES = {"stories": [{**_STORY, "matching": 1}], "next_cursor": None}
STORY = {**_STORY, "articles": [brief_json(_ARTICLE)]}
CORRECTIONS = {"corrections": [{"field": "tone", "value": "negative", "user": "سردبیر", "at": "2026-11-24T06:00:00Z"}]}
SAVED_SEARCH = {"id": 3, "name": "آسفالت", "query": "آسفالت لحن:منفی", "user": "سردبیر", "created_at": "2026-11-24T06:00:00Z"}
SAVED_SEARCHES = {"saved_searches": [SAVED_SEARCH]}
EXPORT_NDJSON = '{"id":42,"outlet":"nemoone","headline":"روکش خیابان لاله کامل می‌شود",…}\n'
EXPORT_CSV = "شناسه,رسانه,تیتر,…\r\n42,nemoone,روکش خیابان لاله کامل می‌شود,…\r\n"
EXPORT_XLSX = "(a workbook)"
FEED_RSS = '<rss version="2.0"><channel><title>رصد: آسفالت</title>…</channel></rss>'
FEED_ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>رصد: آسفالت</title>…</feed>'
FEED_JSON = {"version": "https://jsonfeed.org/version/1.1", "title": "رصد: آسفالت", "items": []}
WEBHOOK = {
    "id": 2,
    "name": "سامانهٔ ۱۳۷",
    "url": "https://system.example/rasad",
    "query": "",
    "events": ["articles.changed"],
    "state": "active",
    "seq": 17,
    "made_by": "مدیر",
    "created_at": "2026-11-24T06:00:00Z",
}
WEBHOOKS = {"webhooks": [WEBHOOK]}
WEBHOOK_SECRET = {"secret": "whsec_(24 bytes in base64)"}
WEBHOOK_NEW = {**WEBHOOK, **WEBHOOK_SECRET}
DELIVERY = {
    "id": 9,
    "message_id": "msg_0d6c1f",
    "event": "articles.changed",
    "state": "failed",
    "attempts": 10,
    "created_at": "2026-11-21T06:00:00Z",
    "due_at": "2026-11-24T05:36:00Z",
    "delivered_at": None,
    "status": 503,
    "error": "answered 503",
}
DELIVERIES = {"deliveries": [DELIVERY], "next_cursor": None}
ALERT_RULE = {
    "id": 1,
    "name": "آب",
    "query": "قطع آب",
    "search": None,
    "kinds": ["negative", "story"],
    "quiet_from": "22:00",
    "quiet_to": "07:00",
    "addresses": ["pr@example.org"],
    "made_by": "مدیر",
    "created_at": "2026-11-24T06:00:00Z",
}
ALERT_RULES = {"rules": [ALERT_RULE]}
_ALERT = {"id": 5, "rule_id": 1, "kind": "negative", "key": "negative:2026-11-24", "fired_at": "2026-11-24T09:01:00Z"}
ALERTS = {
    "alerts": [{**_ALERT, "headline": "آب: ۱۲ خبر منفی نسبت به شهر در سه ساعت", "document": {"count": 12, "usual": 3, "limit": 9}}],
    "next_cursor": None,
}
