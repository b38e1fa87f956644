"""Labels set by people. They lie apart from the machine's and win on every reading, whatever is annotated later."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.errors import BadInput
from core.records import CITY_TONES, TONES, TOPICS, Annotations, ToneLabel, TopicLabel
from store.tables import articles, corrections

FIELDS = ("tone", "city_tone", "topics", "relevant")


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's label of one field. ``value`` is a tone, a tuple of topic ids, or for ``relevant`` a boolean."""

    id: int
    article_id: int
    field: str
    value: Any
    user: str
    at: datetime


def check_correction(field: str, value: object) -> None:
    """Raises BadInput for a field that nobody corrects or a value it cannot have."""
    allowed = {
        "tone": value in TONES,
        "city_tone": value in CITY_TONES,
        "topics": isinstance(value, (list, tuple)) and all(topic in TOPICS for topic in value),
        "relevant": isinstance(value, bool),
    }
    if field not in allowed:
        raise BadInput("field", field, f"one of {', '.join(FIELDS)} is expected", "این برچسب را نمی‌توان اصلاح کرد.")
    if not allowed[field]:
        raise BadInput(field, value, "not a label of this field", "این مقدار برای این برچسب پذیرفته نیست.")


def add_correction(connection: sa.Connection, ids: Sequence[int], label: tuple[str, object], user: str, at: datetime) -> None:
    """One correction per article; ``label`` is (field, value), already checked."""
    field, value = label
    stored = json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
    rows = [{"article_id": id, "field": field, "value": stored, "user": user, "at": at} for id in ids]
    connection.execute(sa.insert(corrections), rows)


def undo_correction(connection: sa.Connection, ids: Sequence[int], field: str, at: datetime) -> None:
    """Takes the newest standing correction of the field back: the one before it, else the machine's label, stands again."""
    standing = corrections.c.article_id.in_(ids) & (corrections.c.field == field) & corrections.c.undone_at.is_(None)
    newest = sa.select(sa.func.max(corrections.c.id)).where(standing).group_by(corrections.c.article_id)
    connection.execute(sa.update(corrections).where(corrections.c.id.in_(newest)).values(undone_at=at))


def wearers(connection: sa.Connection, ids: Sequence[int]) -> list[int]:
    """The articles whose labels a correction of these articles changes: they and their reprint groups."""
    groups = sa.select(articles.c.reprint_group).where(articles.c.id.in_(ids))
    return list(connection.scalars(sa.select(articles.c.id).where(articles.c.reprint_group.in_(groups)).order_by(articles.c.id)))


_other = articles.alias("other")
_STANDING = (
    sa.select(articles.c.id.label("wearer"), corrections)
    .select_from(
        articles.join(_other, _other.c.reprint_group == articles.c.reprint_group).join(corrections, corrections.c.article_id == _other.c.id)
    )
    .where(articles.c.id.in_(sa.bindparam("ids", expanding=True)), corrections.c.undone_at.is_(None))
    .order_by(corrections.c.article_id == articles.c.id, corrections.c.id)
)


def standing_corrections(connection: sa.Connection, ids: Sequence[int]) -> dict[int, dict[str, Correction]]:
    """Per article and field the newest correction that nobody took back; one without its own takes that of its reprint group.

    So a reprint that arrives after the correction bears it too.
    """
    found: dict[int, dict[str, Correction]] = {}
    for row in connection.execute(_STANDING, {"ids": list(ids)}):
        value = json.loads(row.value)
        label = Correction(row.id, row.article_id, row.field, tuple(value) if isinstance(value, list) else value, row.user, row.at)
        found.setdefault(row.wearer, {})[row.field] = label
    return found


def corrected(annotations: Annotations, labels: Iterable[Correction]) -> Annotations:
    """The annotations as a reader sees them: corrected fields hold the person's label with confidence 1."""
    for label in labels:
        if label.field == "tone":
            annotations = replace(annotations, tone=_certain(annotations.tone, label.value))
        elif label.field == "city_tone":
            annotations = replace(annotations, city_tone=_certain(annotations.city_tone, label.value))
        elif label.field == "topics":
            annotations = replace(annotations, topics=tuple(TopicLabel(topic, 1.0) for topic in label.value))
    return annotations


def _certain(machine: ToneLabel, label: str) -> ToneLabel:
    probabilities = {name: float(name == label) for name in (*machine.probabilities, label)}
    return replace(machine, label=label, confidence=1.0, probabilities=probabilities, unsure=False)
