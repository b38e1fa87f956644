"""What people corrected: per article and field the machine's label beside the person's, for one month's articles."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from core.records import Annotations
from store.engine import reading
from store.rows import load_annotations
from store.tables import annotations, articles, corrections


@dataclass(frozen=True, slots=True)
class Corrected:
    """A label that a person changed. ``machine`` and ``person`` are a tone, a tuple of topic ids, or for ``relevant`` a boolean."""

    article_id: int
    outlet: str
    field: str
    machine: Any
    person: Any
    user: str
    at: datetime


def corrected_labels(engine: sa.Engine, since: date, until: date) -> list[Corrected]:
    """The standing corrections of articles of these Tehran days (both inside) that say something else than the machine, newest first.

    Of several corrections of one label the last one counts; one that agrees with the machine, or was taken back, counts as none.
    Labels of articles that the machine has not read yet are left out.
    """
    columns = (corrections, articles.c.outlet, annotations.c.document, annotations.c.fingerprint)
    query = (
        sa.select(*columns)
        .join(articles, articles.c.id == corrections.c.article_id)
        .join(annotations, annotations.c.article_id == articles.c.id)
        .where(articles.c.day.between(since.isoformat(), until.isoformat()), corrections.c.undone_at.is_(None))
        .order_by(corrections.c.id)
    )
    with reading(engine) as connection:
        last = {(row.article_id, row.field): row for row in connection.execute(query)}
    found = [_corrected(row) for row in last.values()]
    return sorted((one for one in found if one.machine != one.person), key=lambda one: (one.at, one.article_id), reverse=True)


def _corrected(row: sa.Row[tuple[Any, ...]]) -> Corrected:
    value = json.loads(row.value)
    person = tuple(sorted(value)) if isinstance(value, list) else value
    return Corrected(
        row.article_id,
        row.outlet,
        row.field,
        _machine(load_annotations(row.document, row.fingerprint), row.field),
        person,
        row.user,
        row.at,
    )


def _machine(said: Annotations, field: str) -> Any:
    if field == "topics":
        return tuple(sorted(topic.id for topic in said.topics))
    if field == "relevant":
        return True
    return said.tone.label if field == "tone" else said.city_tone.label


def read_versions(engine: sa.Engine) -> list[tuple[str, int]]:
    """With which version of the annotator how many articles were read, "" for not yet; the most first."""
    count = sa.func.count()
    query = sa.select(articles.c.tagged_version, count).group_by(articles.c.tagged_version).order_by(count.desc())
    with reading(engine) as connection:
        return [(version, number) for version, number in connection.execute(query)]
