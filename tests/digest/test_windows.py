"""When digests are due: Tehran hours, chosen days, catching up in order."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from core.records import Subscription
from digest.windows import CATCH_UP, Window, due_windows, window_of_day

DAILY = Subscription(1, "روزانه", "", ("a@b.org",))
WEEKDAYS = Subscription(2, "شنبه تا چهارشنبه", "", ("a@b.org",), days=(0, 1, 2, 3, 4))
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 06:30 in Tehran, 3 Azar 1405
DAY = timedelta(days=1)


def test_half_past_six_is_tehran_time_all_year() -> None:
    """Complaint row 15: a digest set for a time arrives at that time, in Asia/Tehran."""
    for month in range(1, 13):
        at = datetime(2026, month, 10, 3, 0, tzinfo=UTC)
        assert due_windows(DAILY, LONG_AGO, at)[-1] == Window(at - DAY, at)
        assert due_windows(DAILY, LONG_AGO, at - timedelta(minutes=1))[-1].until == at - DAY


def test_before_the_zone_changed_its_rule_the_hour_followed_the_clock_of_tehran() -> None:
    summer = datetime(2022, 8, 10, 2, 0, tzinfo=UTC)
    assert due_windows(DAILY, LONG_AGO - 3000 * DAY, summer)[-1].until == summer


def test_saturday_tells_of_everything_since_wednesday() -> None:
    saturday = TUESDAY + 4 * DAY
    assert due_windows(WEEKDAYS, LONG_AGO, saturday)[-1] == Window(saturday - 3 * DAY, saturday)
    friday = saturday - DAY
    assert due_windows(WEEKDAYS, LONG_AGO, friday)[-1].until == friday - 2 * DAY


def test_windows_join_without_gap_or_overlap() -> None:
    for subscription in (DAILY, WEEKDAYS):
        windows = due_windows(subscription, LONG_AGO, TUESDAY)
        assert all(one.until == other.since for one, other in pairwise(windows))


def test_missed_windows_are_due_oldest_first_and_known_ones_are_not() -> None:
    """Complaint row 15: a digest is never skipped because the service was down when it was due."""
    windows = due_windows(DAILY, TUESDAY - 3 * DAY, TUESDAY + timedelta(hours=5), {TUESDAY - DAY})
    assert [window.until for window in windows] == [TUESDAY - 3 * DAY, TUESDAY - 2 * DAY, TUESDAY]


def test_nothing_is_due_from_before_the_subscription_or_too_long_ago() -> None:
    assert due_windows(DAILY, TUESDAY + timedelta(minutes=1), TUESDAY + timedelta(hours=3)) == []
    assert due_windows(DAILY, LONG_AGO, TUESDAY)[0].until >= TUESDAY - CATCH_UP


def test_the_window_of_a_day_exists_also_when_its_hour_is_ahead_or_the_day_is_not_chosen() -> None:
    thursday = TUESDAY + 2 * DAY
    assert window_of_day(WEEKDAYS, thursday.date()) == Window(thursday - DAY, thursday)
