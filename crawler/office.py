"""The desk work of a crawl behind one door: all that touches the archive while pages come in, in whatever process it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from core.records import Outlet
from core.settings import Settings
from crawler.desk import Desk
from crawler.discovery import Window
from crawler.feed_desk import FeedDesk
from crawler.outlets import OutletMap
from crawler.safety import AddressRules
from store.archive import Archive, open_archive
from store.index import SearchIndex


@dataclass(frozen=True)
class OfficePlan:
    """What desk work must know, of values only: it may be sent to another process."""

    settings: Settings
    outlets: tuple[Outlet, ...]
    window: Window
    deep: bool = False


@dataclass(frozen=True)
class Office:
    """The desks over one archive."""

    archive: Archive
    desk: Desk
    feed_desk: FeedDesk

    def do(self, task: str, *args: Any) -> Any:
        """Does one piece of work by its name: ``do("read_pages", pages)``, ``do("claim", outlet, limit, owner, now)``."""
        return self._tasks[task](*args)

    @property
    def _tasks(self) -> dict[str, Callable[..., Any]]:
        ledger = self.archive.ledger
        return {
            "read_pages": self.desk.read_pages,
            "note": self.desk.note,
            "jobs_of": self.feed_desk.jobs_of,
            "read_feed": self.feed_desk.read,
            "fail_feed": self.feed_desk.fail,
            "claim": ledger.claim,
            "next_due": ledger.next_due,
            "forget_fetches": ledger.forget_fetches,
        }


def make_office(archive: Archive, plan: OfficePlan) -> Office:
    """The desks of a crawl over an open archive."""
    desk = Desk(archive, plan.settings.retry_seconds)
    rules = AddressRules(plan.settings.allow_addresses)
    feed_desk = FeedDesk(desk, OutletMap(plan.outlets), rules, plan.window, plan.settings.poll_seconds, deep=plan.deep)
    return Office(archive, desk, feed_desk)


def open_office(plan: OfficePlan) -> Office:
    """The same over an archive of its own, for another process. Desk work never searches: no index is opened."""
    return make_office(open_archive(plan.settings, cast(SearchIndex, _NoSearch())), plan)


class _NoSearch:
    def close(self) -> None:
        """Nothing to let go of."""
