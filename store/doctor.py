"""Compares the records with the search index: a story that is stored and not found is the field's oldest complaint."""

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

import sqlalchemy as sa

from store.archive import Archive
from store.engine import reading
from store.query import EVERYTHING
from store.tables import articles


@dataclass(frozen=True, slots=True)
class Difference:
    """A Tehran day (``2026-11-24``) and outlet of which the records and the index hold different numbers of articles."""

    day: str
    outlet: str
    in_sql: int
    in_index: int


USUAL_DAYS = 28
QUIET_SHARE = 0.25
QUIET_LEAST = 4


@dataclass(frozen=True, slots=True)
class Quiet:
    """An outlet that published far less on a day than it usually does."""

    outlet: str
    usual: float
    found: int


def count_by_day(engine: sa.Engine) -> dict[tuple[str, str], int]:
    """Articles that should be found, per (Tehran day, outlet); withdrawn ones are not among them."""
    query = sa.select(articles.c.day, articles.c.outlet, sa.func.count()).where(articles.c.withdrawn_at.is_(None))
    with reading(engine) as connection:
        rows = connection.execute(query.group_by(articles.c.day, articles.c.outlet)).all()
    return {(day, outlet): number for day, outlet, number in rows}


def compare(archive: Archive) -> list[Difference]:
    """Every day and outlet whose counts differ, oldest first; empty when the index holds exactly what the records hold.

    Compare when the index has caught up (``search.seq() == articles.newest_seq()``); before that differences are expected.
    """
    in_sql = count_by_day(archive.engine)
    in_index = {(key[0], key[1]): number for key, number in archive.search.counts(EVERYTHING, ("day", "outlet")).items()}
    keys = sorted(in_sql.keys() | in_index.keys())
    found = [Difference(day, outlet, in_sql.get((day, outlet), 0), in_index.get((day, outlet), 0)) for day, outlet in keys]
    return [one for one in found if one.in_sql != one.in_index]


def quiet_outlets(engine: sa.Engine, day: date) -> list[Quiet]:
    """Outlets that have less than a quarter of their usual articles on a Tehran day, those that miss most first.

    Usual is the median of the four weeks before; outlets with fewer than four articles a day are too irregular to judge.
    """
    days = [(day - timedelta(days=back)).isoformat() for back in range(1, USUAL_DAYS + 1)]
    query = sa.select(articles.c.outlet, articles.c.day, sa.func.count()).where(articles.c.day.in_([day.isoformat(), *days]))
    with reading(engine) as connection:
        rows = connection.execute(query.group_by(articles.c.outlet, articles.c.day)).all()
    numbers = {(outlet, one): number for outlet, one, number in rows}
    found = []
    for outlet in {outlet for outlet, _, _ in rows}:
        usual = median(numbers.get((outlet, one), 0) for one in days)
        there = numbers.get((outlet, day.isoformat()), 0)
        if usual >= QUIET_LEAST and there < QUIET_SHARE * usual:
            found.append(Quiet(outlet, usual, there))
    return sorted(found, key=lambda quiet: (quiet.found - quiet.usual, quiet.outlet))
