"""When an address is fetched again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.outcomes import RETRIED, Outcome
from crawler.schedule import next_revisit, next_step, retry_delay
from store.ledger_records import Address

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FRESH = Address(1, "x", "k", "u", NOW, Outcome.WAITING)


def test_a_read_article_is_revisited_after_1_6_24_hours_and_3_days() -> None:
    times = []
    moment: datetime | None = NOW
    while (moment := next_revisit(NOW, moment)) is not None:
        times.append((moment - NOW).total_seconds() / 3600)
    assert times == [1, 6, 24, 72]


def test_a_revisit_that_was_late_is_not_made_up_for() -> None:
    assert next_revisit(NOW, NOW + timedelta(hours=30)) == NOW + timedelta(days=3)


def test_retries_double_up_to_a_day() -> None:
    assert [retry_delay(attempt, 120).total_seconds() for attempt in (1, 2, 3)] == [120, 240, 480]
    assert retry_delay(50, 120) == timedelta(days=1)


@pytest.mark.parametrize("outcome", sorted(RETRIED))
def test_what_may_heal_is_tried_again(outcome: Outcome) -> None:
    step = next_step(FRESH, outcome, NOW, 120)
    assert step.outcome is outcome
    assert step.due_at == NOW + timedelta(seconds=120)
    assert step.attempts == 1


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.ROBOTS_DISALLOWED, Outcome.NOT_AN_ARTICLE, Outcome.OTHER_SECTION])
def test_what_cannot_heal_is_settled(outcome: Outcome) -> None:
    assert next_step(FRESH, outcome, NOW, 120).due_at is None


def test_two_misses_in_a_row_are_gone_and_a_reading_forgets_the_first() -> None:
    once = next_step(FRESH, Outcome.SOFT_404, NOW, 120)
    assert (once.outcome, once.misses) == (Outcome.SOFT_404, 1)
    assert next_step(replace(FRESH, misses=1), Outcome.SOFT_404, NOW, 120).outcome is Outcome.GONE
    silent = next_step(replace(FRESH, misses=1), Outcome.SOFT_404, NOW, 120, outlet_answers=False)
    assert (silent.outcome, silent.misses) == (Outcome.SOFT_404, 2)
    assert silent.due_at is not None
    assert next_step(replace(FRESH, misses=1), Outcome.UNCHANGED, NOW, 120).misses == 0
    assert next_step(replace(FRESH, misses=1), Outcome.BLOCKED, NOW, 120).misses == 1


def test_after_thirty_days_of_failures_an_address_is_given_up() -> None:
    old = replace(FRESH, discovered_at=NOW - timedelta(days=31))
    assert next_step(old, Outcome.FAILED, NOW, 120).due_at is None
