"""When an address is fetched again: revisits of a read article, retries of a failed one, and when to give up. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.outcomes import READ, RETRIED, Outcome
from store.ledger_records import Address

REVISITS = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(days=3))
LONGEST_WAIT = timedelta(hours=24)
GIVE_UP_AFTER = timedelta(days=30)
MISSES_TO_WITHDRAW = 2


@dataclass(frozen=True, slots=True)
class Next:
    """What follows a fetch: its outcome as counted, when the address is due again (None: settled), failures and misses in a row."""

    outcome: Outcome
    due_at: datetime | None
    attempts: int = 0
    misses: int = 0


def may_be_gone(address: Address, outcome: Outcome) -> bool:
    """Whether one more miss would settle the address: then the outlet must have shown that it answers (``next_step``)."""
    return outcome is Outcome.SOFT_404 and address.misses + 1 >= MISSES_TO_WITHDRAW


def next_step(address: Address, outcome: Outcome, now: datetime, retry_seconds: float, *, outlet_answers: bool = True) -> Next:
    """What follows when ``address``, fetched at ``now``, ended in ``outcome``.

    A page that is missing twice in a row is ``GONE``, provided that ``outlet_answers``: it gave another article since the first miss.
    A site that answers "not found" to everything deletes nothing. All in ``RETRIED`` waits ``retry_seconds``, doubled at each failure.
    """
    if outcome in READ:
        return Next(outcome, next_revisit(address.first_read_at or now, now))
    if may_be_gone(address, outcome) and outlet_answers:
        return Next(Outcome.GONE, None, address.attempts + 1, address.misses + 1)
    if outcome not in RETRIED:
        return Next(outcome, None)
    attempts = address.attempts + 1
    misses = address.misses + (outcome is Outcome.SOFT_404)
    if now - address.discovered_at > GIVE_UP_AFTER:
        return Next(outcome, None, attempts, misses)
    return Next(outcome, now + retry_delay(attempts, retry_seconds), attempts, misses)


def next_revisit(first_read_at: datetime, now: datetime) -> datetime | None:
    """The first of 1 h, 6 h, 24 h, 3 d after the first reading that still lies ahead; None after the last."""
    return next((first_read_at + wait for wait in REVISITS if first_read_at + wait > now), None)


def retry_delay(attempts: int, retry_seconds: float) -> timedelta:
    """The wait after the ``attempts``-th failure in a row: 120 s → 120, 240, 480 … at most a day."""
    doublings = min(max(attempts, 1) - 1, 20)
    return min(timedelta(seconds=retry_seconds * 2**doublings), LONGEST_WAIT)
