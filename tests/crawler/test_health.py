"""Drift is flagged within a day, and a quiet, unchanged outlet is not flagged."""

import random
from datetime import UTC, datetime, timedelta

from core.outcomes import Outcome
from crawler.health import feed_flags, flags_of
from store.ledger_records import FeedState, Reading

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _readings(
    days: float, per_day: int, *, until: datetime = NOW, chars: int = 2000, fields: str = "hlbsd", outcome: Outcome = Outcome.STORED
) -> list[Reading]:
    chance = random.Random(1)
    number = int(days * per_day)
    return [
        Reading(until - timedelta(days=days) * (place + 0.5) / number, outcome, int(chars * chance.uniform(0.5, 1.5)), fields)
        for place in range(number)
    ]


def _usual() -> list[Reading]:
    return _readings(14, 20, until=NOW - timedelta(days=1))


def _kinds(recent: list[Reading]) -> set[str]:
    return {flag.kind for flag in flags_of("x", sorted(_usual() + recent, key=lambda one: one.at), NOW)}


def test_an_unchanged_outlet_has_no_flag() -> None:
    assert _kinds(_readings(1, 20)) == set()
    assert _kinds(_readings(1, 9)) == set()


def test_missing_volume_is_flagged_within_a_day() -> None:
    """Complaint row 7: all stories of a language were missing for two weeks and a user found out."""
    assert _kinds([]) == {"silent"}
    assert _kinds(_readings(1, 3)) == {"few"}


def test_bodies_half_as_long_are_flagged() -> None:
    """Complaint row 24: not "the field is empty" but length and structure; a new layout lost the body on a quarter of the pages."""
    assert _kinds(_readings(1, 20, chars=800)) == {"short_bodies"}
    lost = _readings(1, 12) + _readings(1, 8, chars=0, fields="h", outcome=Outcome.NO_BODY)
    assert _kinds(lost) == {"no_body"}


def test_a_vanished_field_is_flagged() -> None:
    assert _kinds(_readings(1, 20, fields="hbsd")) == {"no_lead"}
    assert _kinds(_readings(1, 20, fields="hlb")) == {"no_section", "no_published_at"}


def test_a_closed_door_is_flagged() -> None:
    assert _kinds(_readings(1, 20, chars=0, fields="", outcome=Outcome.BLOCKED)) == {"blocked", "silent"}


def test_an_outlet_that_was_always_quiet_is_not_flagged_as_silent() -> None:
    quiet = _readings(14, 1, until=NOW - timedelta(days=1))
    assert flags_of("x", quiet, NOW) == []


def test_feeds_that_fail_for_a_day_are_flagged() -> None:
    failing = FeedState("x", "u", "feed", checked_at=NOW, read_at=NOW - timedelta(hours=25), failures=9)
    sound = FeedState("x", "v", "feed", checked_at=NOW, read_at=NOW, failures=0)
    assert [flag.kind for flag in feed_flags("x", [failing], NOW)] == ["feeds_failing"]
    assert feed_flags("x", [failing, sound], NOW) == []
    assert feed_flags("x", [], NOW) == []
