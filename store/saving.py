"""How a fetched article becomes a record: a new one, a new revision, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from core.outcomes import Outcome
from core.records import RawArticle
from store.changes import log_changes
from store.engine import insert_into
from store.rows import address_key, article_day, clean, revision_values, text_hash
from store.tables import addresses, articles, revisions

# Fields that say nothing new about the article when only they differ; ``url`` stays the first one it was seen at.
_NOT_COMPARED = ("fetched_at", "url", "short_url")


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving did (STORED, EDITED or UNCHANGED) and the article's id."""

    outcome: Outcome
    id: int


@dataclass(frozen=True, slots=True)
class Draft:
    """An article ready to be saved: cleaned, with its hash and the columns of its revision."""

    raw: RawArticle
    hash: str
    values: dict[str, Any]
    page_key: str = ""


def make_draft(raw: RawArticle) -> Draft:
    """Cleans an article; one without ``news_id`` is known by its address."""
    news_id = raw.news_id or address_key(raw.canonical_url or raw.url)
    named = replace(raw, outlet=clean(raw.outlet), news_id=clean(news_id), canonical_url=raw.canonical_url or raw.url)
    return Draft(named, text_hash(named), revision_values(named))


def save_drafts(connection: sa.Connection, drafts: Sequence[Draft]) -> list[Saved]:
    """Saves the articles within the caller's transaction; the change log is its last write."""
    saved: list[Saved] = []
    created: list[int] = []
    edited: list[int] = []
    for draft in drafts:
        result, changed = _save(connection, draft)
        saved.append(result)
        if result.outcome is Outcome.STORED:
            created.append(result.id)
        elif changed:
            edited.append(result.id)
    if created:
        own = sa.update(articles).where(articles.c.id.in_(created)).values(reprint_group=articles.c.id)
        connection.execute(own)
    log_changes(connection, created, "created")
    log_changes(connection, edited, "edited")
    return saved


def _save(connection: sa.Connection, draft: Draft) -> tuple[Saved, bool]:
    known = find_identity(connection, draft.raw)
    if known is None:
        id = _create(connection, draft)
        if id is not None:
            return Saved(Outcome.STORED, id), True
        # PostgreSQL: another transaction created it between our look and our insert.
        known = find_identity(connection, draft.raw)
        assert known is not None
    if known.text_hash != draft.hash:
        _add_revision(connection, known, draft)
        return Saved(Outcome.EDITED, known.id), True
    return Saved(Outcome.UNCHANGED, known.id), _refresh(connection, known, draft)


def needs_page(connection: sa.Connection, draft: Draft) -> bool:
    """Whether the raw page of this article is worth keeping: not when the same text already has one."""
    joined = articles.join(revisions, (revisions.c.article_id == articles.c.id) & (revisions.c.number == articles.c.revision))
    query = sa.select(articles.c.text_hash, revisions.c.page_key).select_from(joined)
    row = connection.execute(query.where(articles.c.outlet == draft.raw.outlet, articles.c.news_id == draft.raw.news_id)).first()
    return row is None or row.text_hash != draft.hash or not row.page_key


def find_identity(connection: sa.Connection, raw: RawArticle) -> sa.Row[Any] | None:
    """The narrow row of the article with the same outlet and ``news_id``, locked until the transaction ends."""
    query = sa.select(articles).where(articles.c.outlet == raw.outlet, articles.c.news_id == raw.news_id)
    return connection.execute(query.with_for_update()).first()


def _create(connection: sa.Connection, draft: Draft) -> int | None:
    raw = draft.raw
    row = {
        "outlet": raw.outlet,
        "news_id": raw.news_id,
        "revision": 1,
        "text_hash": draft.hash,
        "first_seen_at": raw.fetched_at,
        "published_at": raw.published_at,
        "day": article_day(raw.published_at, raw.fetched_at),
        "reprint_group": 0,
    }
    insert = insert_into(connection, articles).values(row).on_conflict_do_nothing().returning(articles.c.id)
    id = connection.scalar(insert)
    if id is not None:
        _write_revision(connection, id, 1, draft)
    return id


def _write_revision(connection: sa.Connection, id: int, number: int, draft: Draft) -> None:
    connection.execute(sa.insert(revisions), {**draft.values, "article_id": id, "number": number, "page_key": draft.page_key})
    _write_addresses(connection, id, draft.raw)


def _write_addresses(connection: sa.Connection, id: int, raw: RawArticle) -> None:
    keys = dict.fromkeys(address_key(url) for url in (raw.url, raw.canonical_url, raw.short_url) if url)
    if keys:
        rows = [{"key": key, "article_id": id} for key in keys]
        connection.execute(insert_into(connection, addresses).on_conflict_do_nothing(), rows)


def _add_revision(connection: sa.Connection, known: sa.Row[Any], draft: Draft) -> None:
    published_at = draft.raw.published_at or known.published_at
    if draft.raw.published_at is None and published_at is not None:
        before = _revision_row(connection, known)
        draft.values.update(published_at=published_at, published_at_source=before["published_at_source"])
    _write_revision(connection, known.id, known.revision + 1, draft)
    state = {
        "revision": known.revision + 1,
        "text_hash": draft.hash,
        "published_at": published_at,
        "day": article_day(published_at, known.first_seen_at),
        "tagged_version": "",
        "claimed_by": "",
        "claimed_until": None,
        "withdrawn_at": None,
    }
    connection.execute(sa.update(articles).where(articles.c.id == known.id).values(state))


def _refresh(connection: sa.Connection, known: sa.Row[Any], draft: Draft) -> bool:
    """Brings what surrounds an unchanged text up to date (section, date, comments …); a value that vanished is kept."""
    before = _revision_row(connection, known)
    differing = {
        name: value
        for name, value in draft.values.items()
        if name not in _NOT_COMPARED
        and name not in ("headline", "lead", "body")
        and value not in ("", "[]", None)
        and value != before[name]
    }
    if draft.page_key and not before["page_key"]:
        _update_revision(connection, known, {"page_key": draft.page_key})
    _write_addresses(connection, known.id, draft.raw)
    if not differing and known.withdrawn_at is None:
        return False
    if differing:
        _update_revision(connection, known, differing)
    published_at = differing.get("published_at", known.published_at)
    state = {"published_at": published_at, "day": article_day(published_at, known.first_seen_at), "withdrawn_at": None}
    connection.execute(sa.update(articles).where(articles.c.id == known.id).values(state))
    return True


def _revision_row(connection: sa.Connection, known: sa.Row[Any]) -> sa.RowMapping:
    current = (revisions.c.article_id == known.id) & (revisions.c.number == known.revision)
    return connection.execute(sa.select(revisions).where(current)).mappings().one()


def _update_revision(connection: sa.Connection, known: sa.Row[Any], values: dict[str, Any]) -> None:
    current = (revisions.c.article_id == known.id) & (revisions.c.number == known.revision)
    connection.execute(sa.update(revisions).where(current).values(values))
