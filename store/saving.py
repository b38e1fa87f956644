"""How fetched articles become records: new ones, new revisions, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from core.outcomes import Outcome
from core.records import RawArticle
from store.changes import log_changes
from store.engine import insert_into, lock_until_commit
from store.rows import address_key, article_day, clean, revision_values, text_hash
from store.tables import addresses, articles, revisions

# Fields that say nothing new about the article when only they differ; ``url`` stays the first one it was seen at.
_NOT_COMPARED = ("fetched_at", "url", "short_url")
# Compared by hash: a difference in white space alone is none.
_TEXT = ("headline", "lead", "body")
_SAVE_LOCK = 7_241_303
_CURRENT = (revisions.c.article_id == articles.c.id) & (revisions.c.number == articles.c.revision)
_IDENTITY = sa.tuple_(articles.c.outlet, articles.c.news_id)


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

    @property
    def identity(self) -> tuple[str, str]:
        """Outlet and ``news_id``."""
        return self.raw.outlet, self.raw.news_id


def make_draft(raw: RawArticle) -> Draft:
    """Cleans an article; one without ``news_id`` is known by its address."""
    news_id = raw.news_id or address_key(raw.canonical_url or raw.url)
    named = replace(raw, outlet=clean(raw.outlet), news_id=clean(news_id), canonical_url=raw.canonical_url or raw.url)
    return Draft(named, text_hash(named), revision_values(named))


def identities_without_page(connection: sa.Connection, drafts: Sequence[Draft]) -> set[tuple[str, str]]:
    """The identities of the drafts whose raw page is worth keeping: not those of which the same text already has one."""
    query = sa.select(articles.c.outlet, articles.c.news_id, articles.c.text_hash).select_from(articles.join(revisions, _CURRENT))
    rows = connection.execute(query.where(_IDENTITY.in_([draft.identity for draft in drafts]), revisions.c.page_key != ""))
    kept = {((row.outlet, row.news_id), row.text_hash) for row in rows}
    return {draft.identity for draft in drafts if (draft.identity, draft.hash) not in kept}


def save_drafts(connection: sa.Connection, drafts: Sequence[Draft]) -> list[Saved]:
    """Saves articles of different identities within the caller's transaction; the change log is its last write."""
    # Savers take turns on PostgreSQL too: what is not known here is known to nobody, and ids have no gaps.
    lock_until_commit(connection, _SAVE_LOCK)
    known = _find_known(connection, drafts)
    created = _create(connection, [draft for draft in drafts if draft.identity not in known])
    edited: list[int] = []
    saved: list[Saved] = []
    for draft in drafts:
        row = known.get(draft.identity)
        if row is None:
            saved.append(Saved(Outcome.STORED, created[draft.identity]))
            continue
        differs = row["text_hash"] != draft.hash
        if differs:
            _add_revision(connection, row, draft)
        if differs or _refresh(connection, row, draft):
            edited.append(row["id"])
        saved.append(Saved(Outcome.EDITED if differs else Outcome.UNCHANGED, row["id"]))
    _write_addresses(connection, zip((one.id for one in saved), drafts, strict=True))
    log_changes(connection, list(created.values()), "created")
    log_changes(connection, edited, "edited")
    return saved


def _find_known(connection: sa.Connection, drafts: Sequence[Draft]) -> dict[tuple[str, str], sa.RowMapping]:
    """Per identity the state and current revision of the articles that are known, locked in the order of their ids."""
    identities = [draft.identity for draft in drafts]
    columns = [column for column in revisions.c if column.name not in articles.c]
    query = sa.select(articles, *columns).select_from(articles.join(revisions, _CURRENT)).where(_IDENTITY.in_(identities))
    rows = connection.execute(query.order_by(articles.c.id).with_for_update(of=articles)).mappings()
    return {(row["outlet"], row["news_id"]): row for row in rows}


def _create(connection: sa.Connection, drafts: Sequence[Draft]) -> dict[tuple[str, str], int]:
    if not drafts:
        return {}
    newest = connection.scalar(sa.select(sa.func.coalesce(sa.func.max(articles.c.id), 0))) or 0
    numbered = list(enumerate(drafts, start=newest + 1))
    connection.execute(sa.insert(articles), [_article_row(id, draft) for id, draft in numbered])
    connection.execute(sa.insert(revisions), [_revision_row(id, 1, draft) for id, draft in numbered])
    return {draft.identity: id for id, draft in numbered}


def _article_row(id: int, draft: Draft) -> dict[str, Any]:
    raw = draft.raw
    return {
        "id": id,
        "outlet": raw.outlet,
        "news_id": raw.news_id,
        "revision": 1,
        "text_hash": draft.hash,
        "first_seen_at": raw.fetched_at,
        "published_at": raw.published_at,
        "day": article_day(raw.published_at, raw.fetched_at),
        "reprint_group": id,
    }


def _revision_row(id: int, number: int, draft: Draft) -> dict[str, Any]:
    return {**draft.values, "article_id": id, "number": number, "page_key": draft.page_key}


def _write_addresses(connection: sa.Connection, saved: "zip[tuple[int, Draft]]") -> None:
    rows = []
    for id, draft in saved:
        urls = (draft.raw.url, draft.raw.canonical_url, draft.raw.short_url)
        rows += [{"key": key, "article_id": id} for key in dict.fromkeys(address_key(url) for url in urls if url)]
    if rows:
        connection.execute(insert_into(connection, addresses).on_conflict_do_nothing(), rows)


def _add_revision(connection: sa.Connection, known: sa.RowMapping, draft: Draft) -> None:
    """A new version; a publication date that vanished from the page is taken over from the version before."""
    number = known["revision"] + 1
    values = _revision_row(known["id"], number, draft)
    if values["published_at"] is None:
        values.update(published_at=known["published_at"], published_at_source=known["published_at_source"])
    connection.execute(sa.insert(revisions), values)
    state = {
        "revision": number,
        "text_hash": draft.hash,
        "published_at": values["published_at"],
        "day": article_day(values["published_at"], known["first_seen_at"]),
        "tagged_version": "",
        "claimed_by": "",
        "claimed_until": None,
        "withdrawn_at": None,
    }
    connection.execute(sa.update(articles).where(articles.c.id == known["id"]).values(state))


def _refresh(connection: sa.Connection, known: sa.RowMapping, draft: Draft) -> bool:
    """Brings what surrounds an unchanged text up to date (section, date, comments …); a value that vanished is kept."""
    fresh = {name: value for name, value in draft.values.items() if name not in _NOT_COMPARED and name not in _TEXT}
    differing = {name: value for name, value in fresh.items() if value not in ("", "[]", None) and value != known[name]}
    new_page = {"page_key": draft.page_key} if draft.page_key and not known["page_key"] else {}
    if differing or new_page:
        current = (revisions.c.article_id == known["id"]) & (revisions.c.number == known["revision"])
        connection.execute(sa.update(revisions).where(current).values({**differing, **new_page}))
    if not differing and known["withdrawn_at"] is None:
        return False
    published_at = differing.get("published_at", known["published_at"])
    state = {"published_at": published_at, "day": article_day(published_at, known["first_seen_at"]), "withdrawn_at": None}
    connection.execute(sa.update(articles).where(articles.c.id == known["id"]).values(state))
    return True
