"""Press books: articles picked by hand, in order, with notes; open until published, unchanged from then on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from core.errors import BadInput, NotFound
from core.records import TOPICS
from store.bulletin_tables import bulletin_entries, bulletins
from store.engine import insert_into, lock_until_commit, reading, writing

MOST_ENTRIES = 200
MOST_NOTE = 2000
_LOCK = 7_241_307


@dataclass(frozen=True, slots=True)
class Entry:
    """A picked article: its section (a topic; "" for the one its labels name), what the officer adds to it, and who picked it."""

    article_id: int
    section: str
    note: str
    user: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A press book of one Tehran day. ``document`` is what was published, word for word; "" while it is a draft."""

    id: int
    day: date
    title: str
    note: str
    user: str
    created_at: datetime
    published_at: datetime | None
    document: str = ""
    entries: tuple[Entry, ...] = ()

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.published_at is None


class Bulletins:
    """Keeps bulletins. Changing one that is published raises BadInput; one that is not there NotFound."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def draft_of(self, day: date) -> Bulletin | None:
        """The open bulletin of a day with its entries; None when there is none."""
        mine = (bulletins.c.day == day.isoformat()) & bulletins.c.published_at.is_(None)
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(bulletins).where(mine).order_by(bulletins.c.id.desc()).limit(1)).first()
            return _with_entries(connection, row) if row else None

    def get(self, id: int) -> Bulletin:
        """One bulletin with its entries. NotFound."""
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(bulletins).where(bulletins.c.id == id)).first()
            if row is None:
                raise NotFound("bulletin", id)
            return _with_entries(connection, row)

    def newest(self, limit: int = 50, *, drafts: bool, before: int | None = None) -> list[Bulletin]:
        """Bulletins, newest day first, with their entries; without drafts only published ones. ``before`` continues after that id."""
        query = sa.select(bulletins).order_by(bulletins.c.day.desc(), bulletins.c.id.desc()).limit(limit)
        if not drafts:
            query = query.where(bulletins.c.published_at.is_not(None))
        with reading(self._engine) as connection:
            if before is not None:
                last = connection.execute(sa.select(bulletins.c.day, bulletins.c.id).where(bulletins.c.id == before)).first()
                if last is None:
                    raise NotFound("bulletin", before)
                query = query.where(sa.tuple_(bulletins.c.day, bulletins.c.id) < sa.tuple_(last.day, last.id))
            return [_with_entries(connection, row) for row in connection.execute(query).all()]

    def pick(self, day: date, article_id: int, user: str, now: datetime) -> int:
        """Puts an article at the end of the day's open bulletin, which is made when there is none; the bulletin's id.

        An article that is in it already stays where it is.
        """
        with writing(self._engine) as connection:
            lock_until_commit(connection, _LOCK)  # two officers' first picks open one bulletin
            id = self._open(connection, day, user, now)
            last, count = connection.execute(
                sa.select(sa.func.max(bulletin_entries.c.place), sa.func.count()).where(bulletin_entries.c.bulletin_id == id)
            ).one()
            if count >= MOST_ENTRIES:
                raise BadInput("bulletin", id, f"at most {MOST_ENTRIES} entries", "بولتن پر است؛ نخست خبری را از آن بردارید.")
            row = {"bulletin_id": id, "article_id": article_id, "place": (last or 0) + 1, "user": user, "added_at": now}
            connection.execute(insert_into(connection, bulletin_entries).values(**row).on_conflict_do_nothing())
        return id

    def drop(self, id: int, article_id: int) -> None:
        """Takes an article out; one that is not in it changes nothing."""
        with writing(self._engine) as connection:
            _refuse_published(connection, id)
            connection.execute(sa.delete(bulletin_entries).where(_entry(id, article_id)))

    def describe(self, id: int, title: str, note: str) -> None:
        """Another title and opening note. BadInput for no title or too long ones."""
        cleaned = " ".join(title.split())
        if not 0 < len(cleaned) <= 200:
            raise BadInput("title", title, "a title of 1 to 200 letters is needed", "عنوانی برای بولتن بنویسید (حداکثر ۲۰۰ نویسه).")
        with writing(self._engine) as connection:
            _refuse_published(connection, id)
            values = {"title": cleaned, "note": _checked_note(note)}
            connection.execute(sa.update(bulletins).where(bulletins.c.id == id).values(**values))

    def annotate(self, id: int, article_id: int, note: str, section: str) -> None:
        """An entry's note and section ("" for the one its labels name). NotFound for an article that is not in it, BadInput."""
        if section and section not in TOPICS:
            raise BadInput("section", section, "not a topic", "بخش باید یکی از موضوع‌ها باشد.")
        with writing(self._engine) as connection:
            _refuse_published(connection, id)
            values = {"note": _checked_note(note), "section": section}
            if not connection.execute(sa.update(bulletin_entries).where(_entry(id, article_id)).values(**values)).rowcount:
                raise NotFound("article", article_id)

    def arrange(self, id: int, article_ids: Sequence[int]) -> None:
        """Puts the entries in that order; entries that are not named (picked meanwhile) come after them as they stood."""
        with writing(self._engine) as connection:
            _refuse_published(connection, id)
            standing = list(
                connection.scalars(
                    sa.select(bulletin_entries.c.article_id)
                    .where(bulletin_entries.c.bulletin_id == id)
                    .order_by(bulletin_entries.c.place, bulletin_entries.c.article_id)
                )
            )
            wanted = [one for one in dict.fromkeys(article_ids) if one in standing]
            for place, article_id in enumerate([*wanted, *(one for one in standing if one not in wanted)], 1):
                connection.execute(sa.update(bulletin_entries).where(_entry(id, article_id)).values(place=place))

    def publish(self, id: int, document: str, now: datetime) -> None:
        """Closes a bulletin with what it says. BadInput when it is empty or published already."""
        with writing(self._engine) as connection:
            _refuse_published(connection, id)
            if connection.scalar(sa.select(sa.func.count()).where(bulletin_entries.c.bulletin_id == id)) == 0:
                raise BadInput("bulletin", id, "nothing in it", "بولتن خالی است؛ نخست خبری برای آن برگزینید.")
            connection.execute(sa.update(bulletins).where(bulletins.c.id == id).values(document=document, published_at=now))

    def remove(self, id: int) -> None:
        """Throws a draft away. BadInput when it is published."""
        with writing(self._engine) as connection:
            _refuse_published(connection, id)
            connection.execute(sa.delete(bulletin_entries).where(bulletin_entries.c.bulletin_id == id))
            connection.execute(sa.delete(bulletins).where(bulletins.c.id == id))

    def _open(self, connection: sa.Connection, day: date, user: str, now: datetime) -> int:
        mine = (bulletins.c.day == day.isoformat()) & bulletins.c.published_at.is_(None)
        id: int | None = connection.scalar(sa.select(sa.func.max(bulletins.c.id)).where(mine))
        if id is None:
            row = {"day": day.isoformat(), "title": "بولتن خبری", "user": user, "created_at": now}
            id = connection.execute(sa.insert(bulletins).values(**row).returning(bulletins.c.id)).scalar_one()
        return id


def _entry(id: int, article_id: int) -> sa.ColumnElement[bool]:
    return (bulletin_entries.c.bulletin_id == id) & (bulletin_entries.c.article_id == article_id)


def _refuse_published(connection: sa.Connection, id: int) -> None:
    row = connection.execute(sa.select(bulletins.c.published_at).where(bulletins.c.id == id)).first()
    if row is None:
        raise NotFound("bulletin", id)
    if row.published_at is not None:
        raise BadInput("bulletin", id, "published", "این بولتن منتشر شده است و دیگر تغییر نمی‌کند.")


def _checked_note(note: str) -> str:
    cleaned = "\n".join(line.strip() for line in note.replace("\r\n", "\n").split("\n")).strip()
    if len(cleaned) > MOST_NOTE:
        raise BadInput("note", note, f"at most {MOST_NOTE} letters", "یادداشت حداکثر ۲۰۰۰ نویسه است.")
    return cleaned


def _with_entries(connection: sa.Connection, row: sa.Row[tuple[object, ...]]) -> Bulletin:
    mine = sa.select(bulletin_entries).where(bulletin_entries.c.bulletin_id == row.id)
    rows = connection.execute(mine.order_by(bulletin_entries.c.place, bulletin_entries.c.article_id))
    entries = tuple(Entry(one.article_id, one.section, one.note, one.user, one.added_at) for one in rows)
    day = date.fromisoformat(row.day)
    return Bulletin(row.id, day, row.title, row.note, row.user, row.created_at, row.published_at, row.document, entries)
