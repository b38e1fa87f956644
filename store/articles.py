"""The articles of the archive. Every write that alters one puts it into the change log in the same transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from core.errors import NotFound
from core.records import Annotations, Article, Change, RawArticle, Revision
from store import changes, corrections, loading, tagging
from store.changed import Changed, read_changed
from store.corrections import Correction
from store.engine import reading, writing
from store.pages import Pages
from store.rows import address_key
from store.saving import Draft, Saved, identities_without_page, make_draft, save_drafts
from store.shown import load_shown
from store.tables import addresses, articles, revisions

# So many articles share one transaction: it must end within 50 ms.
SAVED_TOGETHER = 40
CLAIM_SECONDS = 600.0


class Articles:
    """Saves, finds and labels articles. Safe to use from several threads and processes."""

    def __init__(self, engine: sa.Engine, pages: Pages) -> None:
        self._engine = engine
        self._pages = pages

    def save(self, raw: RawArticle, page: bytes | None = None, family: str = "") -> Saved:
        """Keeps a fetched article and its raw page.

        STORED: new. EDITED: headline, lead or body differ, so a Revision is added and the article waits for annotation again.
        UNCHANGED: the same text; what surrounds it (section, comments …) is brought up to date.
        """
        return self.save_pages([(raw, page, family)])[0]

    def save_pages(self, fetched: Sequence[tuple[RawArticle, bytes | None, str]]) -> list[Saved]:
        """The same for several (article, page, family) in the given order: few transactions, whatever their number."""
        drafts = [make_draft(raw) for raw, _, _ in fetched]
        wanted = self._without_page(drafts)
        pages = [
            (page, family)
            for draft, (_, page, family) in zip(drafts, fetched, strict=True)
            if page is not None and draft.identity in wanted
        ]
        keys = iter(self._pages.put_many(pages))
        keyed = [
            replace(draft, page_key=next(keys)) if page is not None and draft.identity in wanted else draft
            for draft, (_, page, _) in zip(drafts, fetched, strict=True)
        ]
        return self._save_drafts(keyed)

    def save_many(self, raws: Sequence[RawArticle]) -> list[Saved]:
        """Saves articles without pages, in the given order, several to a transaction: much faster than one by one."""
        return self._save_drafts([make_draft(raw) for raw in raws])

    def _save_drafts(self, drafts: Sequence[Draft]) -> list[Saved]:
        saved: list[Saved] = []
        for part in _parted(drafts):
            with writing(self._engine) as connection:
                saved += save_drafts(connection, part)
        return saved

    def find(self, id: int) -> Article | None:
        """The article, None when there is none of that id."""
        with reading(self._engine) as connection:
            return next(iter(loading.load_articles(connection, articles.c.id == id)), None)

    def get(self, id: int) -> Article:
        """The article; NotFound when there is none of that id."""
        article = self.find(id)
        if article is None:
            raise NotFound("article", id)
        return article

    def get_many(self, ids: Sequence[int]) -> list[Article]:
        """The articles in the given order; ids that are not there are left out."""
        with reading(self._engine) as connection:
            return loading.load_many(connection, ids)

    def get_shown(self, ids: Sequence[int]) -> list[Article]:
        """Like ``get_many`` for a list of hits: text and labels only, no pictures, comments, names, quotations and demands."""
        with reading(self._engine) as connection:
            return load_shown(connection, ids)

    def find_by_url(self, url: str) -> Article | None:
        """The article seen at this address, canonical or short address; scheme, ``www.`` and a last slash do not matter."""
        query = sa.select(sa.func.min(addresses.c.article_id)).where(addresses.c.key == address_key(url)).scalar_subquery()
        with reading(self._engine) as connection:
            return next(iter(loading.load_articles(connection, articles.c.id == query)), None)

    def find_by_key(self, outlet: str, news_id: str) -> Article | None:
        """The article with this identity."""
        which = (articles.c.outlet == outlet) & (articles.c.news_id == news_id)
        with reading(self._engine) as connection:
            return next(iter(loading.load_articles(connection, which)), None)

    def untagged(self, nlp_version: str, limit: int) -> list[Article]:
        """Articles never annotated, edited since, or annotated by another version than ``nlp_version``, in this order."""
        with reading(self._engine) as connection:
            return loading.load_many(connection, tagging.untagged_ids(connection, nlp_version, limit))

    def claim_untagged(self, owner: str, nlp_version: str, limit: int, now: datetime) -> list[Article]:
        """Like ``untagged``, but hands every article to one owner at a time, for ten minutes.

        The owner passes its name to ``annotate_many``; what it does not deliver in time is handed out again.
        """
        with writing(self._engine) as connection:
            ids = tagging.untagged_ids(connection, nlp_version, limit, now)
            if ids:
                tagging.claim_ids(connection, ids, owner, now + timedelta(seconds=CLAIM_SECONDS))
        return self.get_many(ids)

    def release_dead(self, owner: str, now: datetime) -> int:
        """Hands back what dead processes of this machine, or a former one of the owner's name, had claimed; how many articles."""
        with writing(self._engine) as connection:
            return tagging.release_dead(connection, owner, now)

    def annotate(self, id: int, revision: int, said: Annotations, tagged_at: datetime) -> bool:
        """Writes what NLP says about a revision; False when the article was edited since and waits for annotation again."""
        return self.annotate_many([(id, revision, said)], tagged_at) == 1

    def annotate_many(self, tagged: Sequence[tuple[int, int, Annotations]], tagged_at: datetime, owner: str = "") -> int:
        """Writes (id, revision, annotations) triples and returns how many were written.

        Left out are articles edited since that revision and, when an ``owner`` is named, those it no longer holds.
        """
        written = 0
        for start in range(0, len(tagged), SAVED_TOGETHER):
            with writing(self._engine) as connection:
                written += len(tagging.write_annotations(connection, tagged[start : start + SAVED_TOGETHER], tagged_at, owner))
        return written

    def correct(self, ids: Sequence[int], label: tuple[str, object], user: str, at: datetime) -> None:
        """A person's label (field, value) for articles, over the machine's for good. BadInput for a wrong field or value."""
        corrections.check_correction(*label)
        with writing(self._engine) as connection:
            corrections.add_correction(connection, ids, label, user, at)
            changes.log_changes(connection, corrections.wearers(connection, ids), "relabelled")

    def undo_correction(self, ids: Sequence[int], field: str, at: datetime) -> None:
        """Takes the newest correction of the field back in every article named."""
        with writing(self._engine) as connection:
            corrections.undo_correction(connection, ids, field, at)
            changes.log_changes(connection, corrections.wearers(connection, ids), "relabelled")

    def corrections(self, ids: Sequence[int]) -> dict[int, dict[str, Correction]]:
        """Per article and field the correction that stands."""
        with reading(self._engine) as connection:
            return corrections.standing_corrections(connection, ids)

    def machine_labels(self, id: int) -> Annotations | None:
        """What the machine said about an article, before anybody corrected it; None until it is tagged."""
        with reading(self._engine) as connection:
            return loading.load_machine(connection, id)

    def withdraw(self, id: int, at: datetime) -> None:
        """Marks an article as deleted by its outlet: it stays in the archive and leaves the search. NotFound without such an id."""
        with writing(self._engine) as connection:
            standing = (articles.c.id == id) & articles.c.withdrawn_at.is_(None)
            if connection.execute(sa.update(articles).where(standing).values(withdrawn_at=at)).rowcount:
                changes.log_changes(connection, [id], "withdrawn")
            elif connection.scalar(sa.select(articles.c.id).where(articles.c.id == id)) is None:
                raise NotFound("article", id)

    def revisions(self, id: int) -> list[Revision]:
        """Every version of an article, oldest first."""
        with reading(self._engine) as connection:
            return loading.load_revisions(connection, id)

    def page(self, id: int) -> bytes | None:
        """The newest raw page of an article, None when none was kept."""
        query = sa.select(revisions.c.page_key).where(revisions.c.article_id == id, revisions.c.page_key != "")
        with reading(self._engine) as connection:
            key = connection.scalar(query.order_by(revisions.c.number.desc()).limit(1))
        return self._pages.get(key) if key else None

    def walk(self, after_id: int = 0, batch: int = 500) -> Iterator[Article]:
        """Every article by id, also withdrawn ones, read in batches so that no transaction stays open."""
        while True:
            with reading(self._engine) as connection:
                found = loading.load_articles(connection, articles.c.id > after_id, batch)
            yield from found
            if len(found) < batch:
                return
            after_id = found[-1].id

    def count(self) -> int:
        """How many articles the archive holds, withdrawn ones included."""
        with reading(self._engine) as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(articles)) or 0

    def changes_after(self, seq: int, limit: int) -> list[Change]:
        """At most ``limit`` entries of the change log above ``seq``, lowest first."""
        with reading(self._engine) as connection:
            return changes.read_changes(connection, seq, limit)

    def changed_after(self, seq: int, limit: int) -> list[Changed]:
        """The same entries with their articles, as quickly as they can be read: what a mirror follows."""
        with reading(self._engine) as connection:
            return read_changed(connection, seq, limit)

    def relabelled(self, ids: Sequence[int]) -> None:
        """Tells whoever follows the change log that these articles have other labels now, though no row of theirs changed."""
        for start in range(0, len(ids), loading.BATCH):
            with writing(self._engine) as connection:
                changes.log_changes(connection, ids[start : start + loading.BATCH], "relabelled")

    def newest_seq(self) -> int:
        """The highest number of the change log, 0 in an empty archive."""
        with reading(self._engine) as connection:
            return changes.newest_seq(connection)

    def _without_page(self, drafts: Sequence[Draft]) -> set[tuple[str, str]]:
        if not drafts:
            return set()
        with reading(self._engine) as connection:
            return identities_without_page(connection, drafts)


def _parted(drafts: Sequence[Draft]) -> Iterator[list[Draft]]:
    """The drafts in their order, parted so that no part is too large for one transaction or names one article twice."""
    part: dict[tuple[str, str], Draft] = {}
    for draft in drafts:
        if len(part) == SAVED_TOGETHER or draft.identity in part:
            yield list(part.values())
            part = {}
        part[draft.identity] = draft
    if part:
        yield list(part.values())
