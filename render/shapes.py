"""The JSON shapes that other programs rely on. A key may be added, never renamed or removed.

Times are ISO 8601 in UTC with ``Z``; offsets count Unicode code points.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from core.records import Annotations, Article, Change, Comment, Demand, Image, Mention, Outlet, Quote, RawArticle, Revision, Span, ToneLabel

Json = dict[str, Any]


def moment(value: datetime | None) -> str | None:
    """``2026-11-24T03:00:00Z``; None stays None."""
    return None if value is None else value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def span_json(span: Span) -> Json:
    """``{"start", "end"}``, with ``"field": "headline"`` for the few that lie in the headline."""
    shape: Json = {"start": span.start, "end": span.end}
    if span.field == "headline":
        shape["field"] = "headline"
    return shape


def tone_json(tone: ToneLabel) -> Json:
    """``{"label", "confidence", "probabilities", "unsure", "evidence": [span]}``."""
    return {
        "label": tone.label,
        "confidence": round(tone.confidence, 4),
        "probabilities": {label: round(value, 4) for label, value in tone.probabilities.items()},
        "unsure": tone.unsure,
        "evidence": [span_json(span) for span in tone.evidence],
    }


def mention_json(mention: Mention) -> Json:
    """``{"text", "kind", "start", "end", "entity_id", "tone"}``."""
    return {
        "text": mention.text,
        "kind": mention.kind,
        **span_json(mention.span),
        "entity_id": mention.entity_id,
        "tone": mention.tone,
    }


def quote_json(quote: Quote) -> Json:
    """``{"content", "start", "end", "cue", "speaker": {"name", "mention", "entity_id"}, "role", "voice", "direct"}``."""
    return {
        "content": quote.content,
        **span_json(quote.span),
        "cue": quote.cue,
        "speaker": {"name": quote.speaker, "mention": quote.mention, "entity_id": quote.speaker_id},
        "role": quote.role,
        "voice": quote.voice,
        "direct": quote.direct,
    }


def demand_json(demand: Demand) -> Json:
    """``{"text", "start", "end", "asker"}``."""
    return {"text": demand.text, **span_json(demand.span), "asker": demand.asker}


def annotations_json(annotations: Annotations) -> Json:
    """What `rasad annotate` says of one text, without its ``id``."""
    return {
        "tone": tone_json(annotations.tone),
        "city_tone": tone_json(annotations.city_tone),
        "topics": [{"id": topic.id, "confidence": round(topic.confidence, 4)} for topic in annotations.topics],
        "entities": [mention_json(mention) for mention in annotations.entities],
        "quotes": [quote_json(quote) for quote in annotations.quotes],
        "demands": [demand_json(demand) for demand in annotations.demands],
        "nlp_version": annotations.nlp_version,
    }


def image_json(image: Image) -> Json:
    """``{"url", "caption"}``."""
    return {"url": image.url, "caption": image.caption}


def comment_json(comment: Comment) -> Json:
    """``{"text", "author", "published_at", "votes_up", "votes_down"}``."""
    return {
        "text": comment.text,
        "author": comment.author,
        "published_at": moment(comment.published_at),
        "votes_up": comment.votes_up,
        "votes_down": comment.votes_down,
    }


def raw_json(raw: RawArticle) -> Json:
    """What `rasad extract` prints: every field of the page as published; absent text is "", absent time null."""
    return {
        "outlet": raw.outlet,
        "url": raw.url,
        "canonical_url": raw.canonical_url,
        "news_id": raw.news_id,
        "headline": raw.headline,
        "kicker": raw.kicker,
        "lead": raw.lead,
        "body": raw.body,
        "byline": raw.byline,
        "section": raw.section,
        "keywords": list(raw.keywords),
        "published_at": moment(raw.published_at),
        "updated_at": moment(raw.updated_at),
        "images": [image_json(image) for image in raw.images],
        "comments": [comment_json(comment) for comment in raw.comments],
        "flags": list(raw.flags),
        "agency": raw.agency,
        "quoted_agency": raw.quoted_agency,
        "place": raw.place,
        "news_code": raw.news_code,
        "short_url": raw.short_url,
        "published_at_source": raw.published_at_source,
        "updated_at_source": raw.updated_at_source,
        "fetched_at": moment(raw.fetched_at),
    }


def article_json(article: Article) -> Json:
    """One line of `rasad export --format ndjson`: the fields of ``raw_json``, ``id``, ``reprint_group`` and ``annotations``."""
    return {
        "id": article.id,
        **raw_json(article.raw),
        "reprint_group": article.reprint_group,
        "revision": article.revision,
        "first_seen_at": moment(article.first_seen_at),
        "tagged_at": moment(article.tagged_at),
        "withdrawn_at": moment(article.withdrawn_at),
        "relevant": article.relevant,
        "user_topics": [{"id": id, "name": name} for id, name in article.user_topics],
        "annotations": None if article.annotations is None else annotations_json(article.annotations),
    }


def reprint_json(article: Article) -> Json:
    """The same text at another outlet, in short: ``{"id", "outlet", "url", "headline", "published_at"}``."""
    raw = article.raw
    return {"id": article.id, "outlet": raw.outlet, "url": raw.url, "headline": raw.headline, "published_at": moment(raw.published_at)}


def brief_json(article: Article) -> Json:
    """An article without body: identity, parts of the page, and the labels that lists show (null until tagged)."""
    raw, annotations = article.raw, article.annotations
    return {
        "id": article.id,
        "url": raw.url,
        "headline": raw.headline,
        "kicker": raw.kicker,
        "lead": raw.lead,
        "outlet": raw.outlet,
        "section": raw.section,
        "published_at": moment(raw.published_at),
        "reprint_group": article.reprint_group,
        "revision": article.revision,
        "tone": annotations and annotations.tone.label,
        "city_tone": annotations and annotations.city_tone.label,
        "topics": [topic.id for topic in annotations.topics] if annotations else [],
        "relevant": article.relevant,
        "user_topics": [{"id": id, "name": name} for id, name in article.user_topics],
    }


def facets_json(facets: Mapping[str, Sequence[tuple[str, int]]]) -> Json:
    """``{"tone": [{"value": "negative", "count": 12}, …], …}``."""
    return {name: [{"value": value, "count": count} for value, count in values] for name, values in facets.items()}


def revision_json(revision: Revision) -> Json:
    """One version of an article: ``revision`` (from 1) and the fields as they stood then."""
    return {"article_id": revision.article_id, "revision": revision.number, **raw_json(revision.raw)}


def change_json(change: Change, article: Article | None) -> Json:
    """One entry of the change feed; ``article`` is null when it was withdrawn."""
    return {
        "seq": change.seq,
        "article_id": change.article_id,
        "kind": change.kind,
        "article": None if article is None or article.withdrawn_at else article_json(article),
    }


def outlet_json(outlet: Outlet) -> Json:
    """An outlet as other systems may know it: no selector, no proxy."""
    return {
        "key": outlet.key,
        "name": outlet.name,
        "base_url": outlet.base_url,
        "family": outlet.family,
        "owner": outlet.owner,
        "collection": outlet.collection,
        "enabled": outlet.enabled,
    }
