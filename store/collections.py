"""Named sets of outlets, to which figures can be narrowed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from core.errors import BadInput, NotFound
from store.bulletin_tables import collections
from store.engine import reading, writing

MOST_OUTLETS = 500


@dataclass(frozen=True, slots=True)
class Collection:
    """A named set of outlets by their keys, in order of the alphabet. ``user`` is the name of who wrote it last."""

    id: int
    name: str
    outlets: tuple[str, ...]
    user: str
    created_at: datetime


class Collections:
    """Keeps collections. Names are unique; removing one loses nothing but the name."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def all(self) -> list[Collection]:
        """Every collection by name."""
        with reading(self._engine) as connection:
            return [_collection(row) for row in connection.execute(sa.select(collections).order_by(collections.c.name))]

    def get(self, id: int) -> Collection:
        """One collection. NotFound when there is none of that id."""
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(collections).where(collections.c.id == id)).first()
        if row is None:
            raise NotFound("collection", id)
        return _collection(row)

    def add(self, name: str, outlets: Sequence[str], user: str, now: datetime) -> Collection:
        """A new collection. BadInput for no name, a name that is taken, or no outlet."""
        values = _checked(name, outlets) | {"user": user}
        with writing(self._engine) as connection:
            _refuse_taken(connection, str(values["name"]))
            added = sa.insert(collections).values(**values, created_at=now).returning(collections)
            return _collection(connection.execute(added).one())

    def change(self, id: int, name: str, outlets: Sequence[str], user: str) -> Collection:
        """Another name or other outlets. NotFound, BadInput as in ``add``."""
        values = _checked(name, outlets) | {"user": user}
        with writing(self._engine) as connection:
            _refuse_taken(connection, str(values["name"]), but=id)
            changed = sa.update(collections).where(collections.c.id == id).values(**values).returning(collections)
            row = connection.execute(changed).first()
        if row is None:
            raise NotFound("collection", id)
        return _collection(row)

    def remove(self, id: int) -> None:
        """Forgets a collection. NotFound when there is none of that id."""
        with writing(self._engine) as connection:
            if not connection.execute(sa.delete(collections).where(collections.c.id == id)).rowcount:
                raise NotFound("collection", id)


def _checked(name: str, outlets: Sequence[str]) -> dict[str, object]:
    cleaned = " ".join(name.split())
    if not 0 < len(cleaned) <= 100:
        raise BadInput("name", name, "a name of 1 to 100 letters is needed", "نامی برای گروه بنویسید (حداکثر ۱۰۰ نویسه).")
    chosen = sorted({outlet for outlet in outlets if outlet.strip()})
    if not 0 < len(chosen) <= MOST_OUTLETS:
        raise BadInput("outlets", len(chosen), f"1 to {MOST_OUTLETS} outlets are needed", "دست‌کم یک رسانه را برگزینید.")
    return {"name": cleaned, "outlets": json.dumps(chosen, ensure_ascii=False)}


def _refuse_taken(connection: sa.Connection, name: str, but: int = 0) -> None:
    taken = sa.select(collections.c.id).where(collections.c.name == name, collections.c.id != but)
    if connection.scalar(taken) is not None:
        raise BadInput("name", name, "there is a collection of that name", f"گروهی به نام «{name}» هست؛ نام دیگری بنویسید.")


def _collection(row: sa.Row[tuple[object, ...]]) -> Collection:
    return Collection(row.id, row.name, tuple(json.loads(row.outlets)), row.user, row.created_at)
