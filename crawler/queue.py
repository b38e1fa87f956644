"""Which due addresses are asked for next: a few per host at a time, the outlets of a host in turn, none of a host that is down."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from core.outcomes import Outcome
from core.records import Outlet
from crawler.discovery import EMBEDDED
from crawler.outlets import site_of
from crawler.schedule import retry_delay
from store.ledger_records import Address

AT_ONCE = 4
AT_ONCE_WITHOUT_DELAY = 48
DOWN_AFTER = 4
UNREACHABLE = frozenset({Outcome.FAILED, Outcome.TIMED_OUT, Outcome.ROBOTS_UNAVAILABLE, Outcome.BLOCKED})


class Claims(Protocol):
    """What the queue wants of the ledger."""

    def claim(self, outlet: str, limit: int, owner: str, now: datetime) -> list[Address]:
        """Up to ``limit`` due addresses of an outlet, now the owner's."""

    def next_due(self, outlets: Sequence[str]) -> datetime | None:
        """When the next unclaimed address is due."""


@dataclass
class _Host:
    outlets: list[Outlet]
    under_way: int = 0
    troubles: int = 0
    downs: int = 0
    down_until: datetime | None = None

    @property
    def room(self) -> int:
        """Half a load at a time: a claim is a transaction, and one for every page would cost more than the page."""
        most = AT_ONCE if max(outlet.delay for outlet in self.outlets) else AT_ONCE_WITHOUT_DELAY
        return most - self.under_way if self.under_way <= most // 2 else 0

    def is_down(self, now: datetime) -> bool:
        """Whether the host failed so often in a row that it is left alone for now."""
        return self.down_until is not None and self.down_until > now


class AddressQueue:
    """Claims addresses from the ledger for ``owner`` and gives their places back. Not for embedded families: their feeds are the pages.

    ``next_due`` is when more will be due, as known after the last ``take``; None when nothing is waiting. ``take`` runs in the desk's
    thread; what ``stir`` and ``done`` say meanwhile waits in a box for the next ``is_hungry``.
    """

    def __init__(self, ledger: Claims, outlets: Sequence[Outlet], owner: str, retry_seconds: float) -> None:
        self._ledger = ledger
        self._owner = owner
        self._retry_seconds = retry_seconds
        self._hosts: dict[str, _Host] = {}
        self._by_key: dict[str, Outlet] = {}
        self._host_of: dict[str, _Host] = {}
        self._look_at: dict[str, datetime | None] = {}
        self._unsure: set[str] = set()
        self._box: deque[Callable[[], None]] = deque()
        self._taken: list[Address] = []
        self.next_due: datetime | None = None
        for outlet in outlets:
            site = site_of(outlet.base_url)
            if outlet.family not in EMBEDDED and site is not None:
                host = self._hosts.setdefault(site.host, _Host([]))
                host.outlets.append(outlet)
                self._host_of[outlet.key] = host
                self._by_key[outlet.key] = outlet
                self._look_at[outlet.key] = datetime.min.replace(tzinfo=UTC)

    @property
    def under_way(self) -> int:
        """Addresses claimed and not settled yet."""
        return sum(host.under_way for host in self._hosts.values())

    def outlet(self, address: Address) -> Outlet:
        """The outlet of a claimed address."""
        return self._by_key[address.outlet]

    def stir(self, outlets: Iterable[str], now: datetime) -> None:
        """Says that these outlets have something new that is due."""
        self._box.append(lambda: self._look_at.update({key: now for key in outlets if key in self._by_key}))

    def is_hungry(self, now: datetime) -> bool:
        """Whether ``take`` may find something. Not while ``take`` runs: here what was said meanwhile takes effect."""
        while self._box:
            self._box.popleft()()
        return bool(self._taken) or any(self._may_feed(host, now) for host in self._hosts.values())

    def take(self, now: datetime) -> list[Address]:
        """Claims what is due and has room. What was claimed when the archive went away is given by the next call."""
        for host in self._hosts.values():
            self._take_from(host, now)
        self.next_due = min(self._upcoming(now), default=None)
        taken, self._taken = self._taken, []
        return taken

    def done(self, address: Address, outcome: Outcome, now: datetime) -> None:
        """Gives the place of an address back; a host that fails several times in a row is left alone for a while."""
        self._box.append(lambda: self._settle(address, outcome, now))

    def _settle(self, address: Address, outcome: Outcome, now: datetime) -> None:
        host = self._host_of[address.outlet]
        host.under_way -= 1
        self._unsure.add(address.outlet)
        if outcome not in UNREACHABLE:
            host.troubles = host.downs = 0
            host.down_until = None
            return
        host.troubles += 1
        if host.troubles >= DOWN_AFTER and not host.is_down(now):
            host.downs += 1
            host.down_until = now + retry_delay(host.downs, self._retry_seconds)

    def _may_feed(self, host: _Host, now: datetime) -> bool:
        if any(outlet.key in self._unsure for outlet in host.outlets) and host.under_way == 0:
            return True
        if host.room <= 0 or host.is_down(now):
            return False
        return any((look_at := self._look_at[outlet.key]) is not None and look_at <= now for outlet in host.outlets)

    def _take_from(self, host: _Host, now: datetime) -> None:
        for outlet in host.outlets:
            self._learn_next(outlet.key, host)
        if host.is_down(now):
            return
        host.outlets.append(host.outlets.pop(0))
        for outlet in host.outlets:
            look_at = self._look_at[outlet.key]
            room = host.room
            if room <= 0 or look_at is None or look_at > now:
                continue
            claimed = self._ledger.claim(outlet.key, room, self._owner, now)
            host.under_way += len(claimed)
            self._taken += claimed
            self._look_at[outlet.key] = now if len(claimed) == room else self._ledger.next_due([outlet.key])

    def _learn_next(self, key: str, host: _Host) -> None:
        """After outcomes the next due time is not known any more; it is asked for once the host has nothing under way."""
        if key in self._unsure and host.under_way == 0:
            self._look_at[key] = self._ledger.next_due([key])
            self._unsure.discard(key)

    def _upcoming(self, now: datetime) -> Iterator[datetime]:
        for key, look_at in self._look_at.items():
            host = self._host_of[key]
            if look_at is not None and not (look_at <= now and host.under_way):
                yield max(look_at, host.down_until or look_at)
