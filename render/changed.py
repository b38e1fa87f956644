"""The change feed's rows in the shape of ``render.shapes.change_json``, from stored columns: half the time of going through records."""

from datetime import datetime
from typing import Any

from pydantic_core import from_json

from render.shapes import Json, change_json, moment
from store.changed import Changed

_LISTS = ("keywords", "images", "comments", "flags")
Topics = tuple[tuple[str, str], ...]


def changed_json(changed: Changed, user_topics: Topics = ()) -> Json:
    """One entry of the change feed; ``article`` is null when it was withdrawn."""
    if changed.stored is None:
        shape = change_json(changed.change, changed.article)
        article: Json | None = shape["article"]
    else:
        change, article = changed.change, stored_json(changed.stored)
        shape = {"seq": change.seq, "article_id": change.article_id, "kind": change.kind, "article": article}
    if article is not None and user_topics:
        article["user_topics"] = [{"id": id, "name": name} for id, name in user_topics]
    return shape


def stored_json(stored: dict[str, Any]) -> Json:
    """``article_json`` of an article that nobody corrected."""
    shape = dict(stored)
    for name in _LISTS:
        text = shape[name]
        shape[name] = [] if text == "[]" else from_json(text)
    for comment in shape["comments"]:
        at = comment["published_at"]
        comment["published_at"] = at and moment(datetime.fromisoformat(at))
    document = shape.pop("document")
    shape.update(relevant=True, user_topics=[], annotations=None if document is None else _annotations(from_json(document)))
    return shape


def _annotations(said: dict[str, Any]) -> Json:
    """The stored form differs from the told one in spans, rounding and the speaker."""
    for name in ("tone", "city_tone"):
        label = said[name]
        label["confidence"] = round(label["confidence"], 4)
        label["probabilities"] = {value: round(share, 4) for value, share in label["probabilities"].items()}
        for span in label["evidence"]:
            _bare(span)
    for topic in said["topics"]:
        topic["confidence"] = round(topic["confidence"], 4)
    for name in ("entities", "quotes", "demands"):
        for sentence in said[name]:
            sentence.update(_bare(sentence.pop("span")))
    for quote in said["quotes"]:
        quote["speaker"] = {"name": quote["speaker"], "mention": quote.pop("mention"), "entity_id": quote.pop("speaker_id")}
    return said


def _bare(span: dict[str, Any]) -> dict[str, Any]:
    if span.get("field") != "headline":
        span.pop("field", None)
    return span
