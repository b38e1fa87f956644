"""What people asked to be kept for them: saved searches, and subscriptions with the addresses they go to."""

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

import sqlalchemy as sa

from core.dates import utc_now
from core.errors import BadInput, NotFound
from core.records import Subscription
from store.engine import reading, writing
from store.people_tables import saved_searches, subscription_addresses, subscriptions
from store.query import parse_query
from store.recipients import Recipient, recipient_of
from store.search_turns import TURN_DAYS, SearchTurns, end_letters, follow, forget
from store.sendings import Sendings
from store.vocabulary import Vocabulary

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
MAX_ADDRESSES = 200
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\]{1,64}@[^@\s<>,;:\"()\[\]\\]{1,255}")


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A named search of a user ("" for everybody's). ``cadence`` says how often its turn comes: daily, weekly, "" for never."""

    id: int
    name: str
    query: str
    user: str
    cadence: str
    created_at: datetime


class People:
    """Saved searches and subscriptions. ``sendings`` is the ledger of digests sent, ``turns`` the rhythm of saved searches."""

    def __init__(self, engine: sa.Engine, words: Callable[[], Vocabulary] = Vocabulary) -> None:
        self._engine = engine
        self._words = words
        self.sendings = Sendings(engine)
        self.turns = SearchTurns(engine)

    def save_search(self, name: str, query: str, user: str = "", cadence: str = "", now: datetime | None = None) -> SavedSearch:
        """Keeps a search under its name; the same user's search of that name is replaced. Raises BadQuery, BadInput for no name."""
        moment = now or utc_now()
        wanted = {"name": _checked_name(name), "query": _checked_query(query, moment, self._words()), "user": user, "cadence": cadence}
        same = (saved_searches.c.user == user) & (saved_searches.c.name == wanted["name"])
        with writing(self._engine) as connection:
            if not connection.execute(sa.update(saved_searches).where(same).values(**wanted)).rowcount:
                connection.execute(sa.insert(saved_searches).values(**wanted, created_at=moment))
            kept = SavedSearch(*connection.execute(sa.select(saved_searches).where(same)).one())
            follow(connection, kept.id, moment)
            return kept

    def saved_searches(self, user: str | None = None) -> list[SavedSearch]:
        """The saved searches by name: a user's own and everybody's, or all."""
        query = sa.select(saved_searches).order_by(saved_searches.c.name)
        if user is not None:
            query = query.where(saved_searches.c.user.in_(("", user)))
        with reading(self._engine) as connection:
            return [SavedSearch(*row) for row in connection.execute(query)]

    def saved_search(self, id: int) -> SavedSearch:
        """One saved search. NotFound when there is none of that id."""
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(saved_searches).where(saved_searches.c.id == id)).first()
        if row is None:
            raise NotFound("saved search", id)
        return SavedSearch(*row)

    def rename_search(self, id: int, name: str, cadence: str, now: datetime | None = None) -> SavedSearch:
        """Another name or cadence; its digest follows. NotFound; BadInput for no name or one that another search of the user has."""
        wanted, kept = _checked_name(name), self.saved_search(id)
        same = (saved_searches.c.user == kept.user) & (saved_searches.c.name == wanted) & (saved_searches.c.id != id)
        with writing(self._engine) as connection:
            if connection.scalar(sa.select(saved_searches.c.id).where(same)) is not None:
                raise BadInput("name", name, "the name is taken", f"جست‌وجویی به نام «{wanted}» هست؛ نام دیگری بنویسید.")
            connection.execute(sa.update(saved_searches).where(saved_searches.c.id == id).values(name=wanted, cadence=cadence))
            follow(connection, id, now or utc_now())
        return self.saved_search(id)

    def send_search(self, id: int, addresses: Sequence[str], at: str, now: datetime) -> Subscription | None:
        """Sends a saved search to exactly these addresses in the rhythm of its cadence, or no more when there are none.

        An address that the mail server refuses stays refused; one that left comes back when it is named. NotFound; BadInput, also
        without a cadence.
        """
        search, standing = self.saved_search(id), self.turns.subscriptions().get(id)
        wanted = [checked_address(address) for address in dict.fromkeys(addresses)]
        if not wanted:
            if standing is not None:
                with writing(self._engine) as connection:
                    end_letters(connection, id, now)
            return None
        if search.cadence not in TURN_DAYS:
            persian = "برای فرستادن نامه نوبت «هر روز» یا «هر هفته» را برگزینید، یا نشانی‌ها را پاک کنید."
            raise BadInput("cadence", search.cadence, "a search that is sent needs a cadence", persian)
        days = TURN_DAYS[search.cadence]
        if standing is None:
            made = self.add_subscription(search.name, search.query, wanted, at=at, days=days, now=now)
            self.turns.join(id, made.id)
            return made
        before = self.subscription(standing)
        self.change_subscription(standing, search.name, search.query, at=at, days=days, when_empty=before.when_empty, now=now)
        self._keep_only(standing, wanted, now)
        return self.subscription(standing)

    def remove_search(self, id: int, now: datetime | None = None) -> None:
        """Forgets a saved search and ends its digest. NotFound when there is none of that id."""
        with writing(self._engine) as connection:
            forget(connection, id, now or utc_now())
            if not connection.execute(sa.delete(saved_searches).where(saved_searches.c.id == id)).rowcount:
                raise NotFound("saved search", id)

    def add_subscription(
        self,
        name: str,
        query: str,
        addresses: Sequence[str],
        *,
        at: str = "06:30",
        days: Sequence[int] = EVERY_DAY,
        when_empty: str = "line",
        now: datetime | None = None,
    ) -> Subscription:
        """A new subscription, its first digest at the next ``at`` (Tehran) of ``days`` (0 = Saturday). Raises BadInput, BadQuery."""
        moment = now or utc_now()
        row = {
            "name": _checked_name(name),
            "query": _checked_query(query, moment, self._words()),
            "at": _checked_clock(at),
            "days": _checked_days(days),
            "when_empty": _checked_empty(when_empty),
            "created_at": moment,
        }
        checked = [checked_address(address) for address in dict.fromkeys(addresses)]
        if not 0 < len(checked) <= MAX_ADDRESSES:
            raise BadInput("addresses", len(checked), f"1 to {MAX_ADDRESSES} addresses are needed", "دست‌کم یک نشانی رایانامه لازم است.")
        with writing(self._engine) as connection:
            id = connection.execute(sa.insert(subscriptions).values(**row).returning(subscriptions.c.id)).scalar_one()
            connection.execute(sa.insert(subscription_addresses), [_address_row(id, address, moment) for address in checked])
        return self.subscription(id)

    def subscriptions(self) -> list[Subscription]:
        """All subscriptions that were not removed, oldest first, with the addresses that are active."""
        return self._load(subscriptions.c.removed_at.is_(None))

    def subscription(self, id: int) -> Subscription:
        """One subscription. NotFound when there is none or it was removed."""
        found = self._load((subscriptions.c.id == id) & subscriptions.c.removed_at.is_(None))
        if not found:
            raise NotFound("subscription", id)
        return found[0]

    def change_subscription(self, id: int, name: str, query: str, *, at: str, days: Sequence[int], when_empty: str, now: datetime) -> None:
        """Another name, search or time, from the next window on. NotFound, BadInput and BadQuery as in ``add_subscription``."""
        row = {"name": _checked_name(name), "query": _checked_query(query, now, self._words()), "at": _checked_clock(at)}
        row |= {"days": _checked_days(days), "when_empty": _checked_empty(when_empty)}
        standing = (subscriptions.c.id == id) & subscriptions.c.removed_at.is_(None)
        with writing(self._engine) as connection:
            if not connection.execute(sa.update(subscriptions).where(standing).values(**row)).rowcount:
                raise NotFound("subscription", id)

    def created_at(self, id: int) -> datetime:
        """Since when a subscription stands: no digest is due before. NotFound when there never was one of that id."""
        with reading(self._engine) as connection:
            moment: datetime | None = connection.scalar(sa.select(subscriptions.c.created_at).where(subscriptions.c.id == id))
        if moment is None:
            raise NotFound("subscription", id)
        return moment

    def remove_subscription(self, id: int, now: datetime | None = None) -> None:
        """Ends a subscription; what was sent stays in the ledger. NotFound when there is none."""
        standing = (subscriptions.c.id == id) & subscriptions.c.removed_at.is_(None)
        with writing(self._engine) as connection:
            if not connection.execute(sa.update(subscriptions).where(standing).values(removed_at=now or utc_now())).rowcount:
                raise NotFound("subscription", id)

    def add_address(self, id: int, address: str, now: datetime | None = None) -> Recipient:
        """One more address; one that was unsubscribed or bad becomes active again. NotFound, BadInput."""
        checked, moment = checked_address(address), now or utc_now()
        if len(self.subscription(id).addresses) >= MAX_ADDRESSES:
            raise BadInput("address", address, f"a subscription has at most {MAX_ADDRESSES} addresses", "شمار نشانی‌ها به حد رسیده است.")
        same = (subscription_addresses.c.subscription_id == id) & (subscription_addresses.c.address == checked)
        again = {"unsubscribed_at": None, "bad_at": None, "bad_reason": "", "added_at": moment}
        with writing(self._engine) as connection:
            if not connection.execute(sa.update(subscription_addresses).where(same).values(**again)).rowcount:
                connection.execute(sa.insert(subscription_addresses).values(**_address_row(id, checked, moment)))
            return recipient_of(connection.execute(sa.select(subscription_addresses).where(same)).one())

    def remove_address(self, id: int, address: str, now: datetime | None = None) -> None:
        """Takes an address out as its own unsubscribe link does. NotFound for one that the subscription never had."""
        found = next((one for one in self.recipients(id) if one.address == address), None)
        if found is None:
            raise NotFound("recipient", address)
        self.unsubscribe(found.token, now)

    def recipients(self, id: int) -> list[Recipient]:
        """Every address of a subscription, also those that left or were refused."""
        query = sa.select(subscription_addresses).where(subscription_addresses.c.subscription_id == id)
        with reading(self._engine) as connection:
            return [recipient_of(row) for row in connection.execute(query.order_by(subscription_addresses.c.id))]

    def find_recipient(self, token: str) -> Recipient | None:
        """Whom an unsubscribe link belongs to; None for an unknown token."""
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(subscription_addresses).where(subscription_addresses.c.token == token)).first()
        return recipient_of(row) if row else None

    def unsubscribe(self, token: str, now: datetime | None = None) -> Recipient | None:
        """Takes one address out of its subscription; doing it twice changes nothing. None for an unknown token."""
        own = (subscription_addresses.c.token == token) & subscription_addresses.c.unsubscribed_at.is_(None)
        with writing(self._engine) as connection:
            connection.execute(sa.update(subscription_addresses).where(own).values(unsubscribed_at=now or utc_now()))
        return self.find_recipient(token)

    def mark_bad(self, address: str, reason: str, now: datetime) -> None:
        """Marks an address, in every subscription, that the mail server refused for good. The first refusal's words stay."""
        known = (subscription_addresses.c.address == address) & subscription_addresses.c.bad_at.is_(None)
        with writing(self._engine) as connection:
            connection.execute(sa.update(subscription_addresses).where(known).values(bad_at=now, bad_reason=reason[:500]))

    def _keep_only(self, id: int, wanted: Sequence[str], now: datetime) -> None:
        known = {one.address for one in self.recipients(id) if one.state != "unsubscribed"}
        for address in wanted:
            if address not in known:
                self.add_address(id, address, now)
        for address in known.difference(wanted):
            self.remove_address(id, address, now)

    def _load(self, which: sa.ColumnElement[bool]) -> list[Subscription]:
        active = sa.select(subscription_addresses.c.subscription_id, subscription_addresses.c.address).where(
            subscription_addresses.c.unsubscribed_at.is_(None), subscription_addresses.c.bad_at.is_(None)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(sa.select(subscriptions).where(which).order_by(subscriptions.c.id)).all()
            addresses: dict[int, list[str]] = {row.id: [] for row in rows}
            ids = subscription_addresses.c.subscription_id.in_(addresses)
            for id, address in connection.execute(active.where(ids).order_by(subscription_addresses.c.id)):
                addresses[id].append(address)
        return [_subscription(row, tuple(addresses[row.id])) for row in rows]


def _subscription(row: sa.Row[tuple[object, ...]], addresses: tuple[str, ...]) -> Subscription:
    days = tuple(int(day) for day in row.days)
    return Subscription(row.id, row.name, row.query, addresses, at=row.at, days=days, when_empty=row.when_empty)


def _address_row(id: int, address: str, now: datetime) -> dict[str, object]:
    return {"subscription_id": id, "address": address, "token": secrets.token_urlsafe(24), "added_at": now}


def _checked_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not 0 < len(cleaned) <= 200:
        raise BadInput("name", name, "a name of 1 to 200 letters is needed", "نامی برای آن بنویسید (حداکثر ۲۰۰ نویسه).")
    return cleaned


def _checked_query(query: str, now: datetime, words: Vocabulary) -> str:
    parse_query(query, now=now, words=words)
    return query.strip()


def _checked_clock(at: str) -> str:
    if not _CLOCK.fullmatch(at):
        raise BadInput("at", at, "a time like 06:30 is needed", "ساعت را مانند 06:30 بنویسید.")
    return at


def _checked_days(days: Sequence[int]) -> str:
    chosen = sorted(set(days))
    if not chosen or not set(chosen) <= set(EVERY_DAY):
        raise BadInput("days", days, "days from 0 (Saturday) to 6 (Friday) are needed", "دست‌کم یک روز هفته را برگزینید.")
    return "".join(str(day) for day in chosen)


def _checked_empty(when_empty: str) -> Literal["line", "nothing"]:
    if when_empty not in ("line", "nothing"):
        raise BadInput("when_empty", when_empty, "line or nothing is expected", "برای روز بی‌خبر یکی از دو گزینه را برگزینید.")
    return cast(Literal["line", "nothing"], when_empty)


def checked_address(address: str) -> str:
    """The mail address as it is kept; raises BadInput for one that is none."""
    cleaned = address.strip()
    local, _, domain = cleaned.rpartition("@")
    if not _ADDRESS.fullmatch(cleaned) or not cleaned.isprintable() or not local.isascii():
        raise BadInput("address", address, "not an e-mail address", f"«{address[:80]}» نشانی رایانامه نیست.")
    return f"{local}@{domain.lower()}"
