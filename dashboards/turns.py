"""What is new in the saved searches of a user: since the last look, and whether the turn of a search has come."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core.dates import TEHRAN, jalali_numeric
from core.errors import BadQuery, Unavailable
from core.records import Article
from dashboards.figures import count_articles
from dashboards.narrowing import Narrowing
from store.accounts import User
from store.arrivals import late_ids
from store.people import SavedSearch
from store.query import within
from store.search_turns import USUAL_CLOCK, last_turn

if TYPE_CHECKING:  # a page of the desk asks for what is due: at run time the desk imports this file
    from dashboards.desk import Desk

CADENCES = {"daily": "هر روز", "weekly": "هر هفته، شنبه‌ها", "": "بدون نوبت"}
_MOST_COUNTED = 50
_MOST_LATE = 3


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a search found since ``since``: the user's last look (or the moment it was kept), and that minute, which the link names.

    ``due`` says that its turn has come since and brought something.
    """

    looked: datetime
    since: datetime
    count: int
    url: str
    due: bool


def fresh_of(desk: "Desk", search: SavedSearch, looked: Mapping[int, datetime], clock: str = USUAL_CLOCK) -> Fresh:
    """The articles published from the last look on. Raises BadQuery, Unavailable."""
    now, last = desk.clock(), looked.get(search.id, search.created_at)
    since = last.replace(second=0, microsecond=0)
    turn = last_turn(search.cadence, clock, now)
    narrowing = since_moment(desk, search, since)
    count = desk.kept(("fresh", search.query, since), lambda: count_articles(desk.archive.search, narrowing, now))
    return Fresh(last, since, count, narrowing.url(order="newest"), bool(count and turn and turn > last))


def since_moment(desk: "Desk", search: SavedSearch, since: datetime) -> Narrowing:
    """The selection of a search's articles from that minute on: «از:1405/09/03T06:30 (مترو)»."""
    clause = f"از:{jalali_numeric(since.astimezone(TEHRAN).date())}T{since.astimezone(TEHRAN):%H:%M}"
    return replace(desk.narrowing(()), text=f"{clause} ({search.query})" if search.query.strip() else clause)


def late_articles(desk: "Desk", search: SavedSearch, fresh: Fresh) -> list[Article]:
    """What was published before the last look but reached the archive after it, the newest three. Raises BadQuery, Unavailable."""
    since = fresh.since
    candidates = late_ids(desk.archive.engine, fresh.looked, since)
    if not candidates:
        return []
    query = within(replace(desk.narrowing(()), text=search.query).query(desk.clock()), since - timedelta(days=15), since)
    matching = set(candidates).intersection(desk.archive.search.matching_ids(query))
    return desk.archive.articles.get_many([id for id in candidates if id in matching][:_MOST_LATE])


def due_searches(desk: "Desk", user: User) -> list[tuple[SavedSearch, Fresh]]:
    """The user's searches whose turn has come and brought something; what cannot be counted now is left out, for it is shown beside."""
    people = desk.archive.people
    searches = [one for one in people.saved_searches(user.name) if one.cadence][:_MOST_COUNTED]
    looked = people.turns.looked_at(user.name) if searches else {}
    clocks = clocks_of(desk) if searches else {}
    found = []
    for one in searches:
        try:
            fresh = fresh_of(desk, one, looked, clocks.get(one.id, USUAL_CLOCK))
        except (BadQuery, Unavailable):
            continue
        if fresh.due:
            found.append((one, fresh))
    return found


def clocks_of(desk: "Desk") -> dict[int, str]:
    """Saved search → the hour of the digest that sends it."""
    sent = desk.archive.people.turns.subscriptions()
    clocks = {one.id: one.at for one in desk.archive.people.subscriptions()} if sent else {}
    return {search: clocks[id] for search, id in sent.items() if id in clocks}
