"""What is not kept for ever: raw pages older than a day that the user names. Nothing here runs by itself; articles are never deleted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from store.engine import reading, writing
from store.pages import Pages
from store.tables import revisions

BATCH = 500


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many pages are gone so far, and how many bytes they took as kept."""

    pages: int = 0
    bytes: int = 0


def forget_pages(engine: sa.Engine, pages: Pages, before: datetime) -> Iterator[Forgotten]:
    """Deletes the pages of all revisions fetched before that moment, in small transactions; tells how far it is after each.

    A page that a later fetch brought again stays. It may be stopped anywhere and started again: a page goes first, its name after it.
    """
    done, article = Forgotten(), 0
    while True:
        rows = _old_pages(engine, before, article)
        keys = [key for _, key in rows]
        if keys:
            gone, freed = pages.forget(keys)
            with writing(engine) as connection:
                mine = revisions.c.article_id.between(rows[0][0], rows[-1][0]) & revisions.c.page_key.in_(keys)
                connection.execute(sa.update(revisions).where(mine).values(page_key=""))
            done, article = Forgotten(done.pages + gone, done.bytes + freed), rows[-1][0]
        yield done
        if len(rows) < BATCH:
            return


def _old_pages(engine: sa.Engine, before: datetime, article: int) -> list[tuple[int, str]]:
    """(article, key of a page) from that article on: two articles never have the very same bytes, revisions of one may."""
    later = revisions.alias()
    again = sa.exists().where(
        later.c.article_id == revisions.c.article_id, later.c.page_key == revisions.c.page_key, later.c.fetched_at >= before
    )
    old = (revisions.c.article_id >= article) & (revisions.c.page_key != "") & (revisions.c.fetched_at < before) & ~again
    query = sa.select(revisions.c.article_id, revisions.c.page_key).where(old).order_by(revisions.c.article_id, revisions.c.number)
    with reading(engine) as connection:
        return [(row.article_id, row.page_key) for row in connection.execute(query.limit(BATCH))]
