"""Alerts: spikes against like days, rising stories once, quiet hours, and no alert twice."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.web import create_app
from core.dates import TEHRAN, day_start
from core.settings import Settings
from digest.alert_run import backtest, send_letters, watch
from digest.alerts import Spike, find_spike, is_told, limit_of, quiet_until, window_at
from digest.backtest import backtest_stories
from digest.calendar import day_kind, like_days
from digest.outbox import MemoryOutbox, SmtpOutbox
from samples.pieces import load_newsrooms
from store.archive import Archive, open_archive
from store.indexing import catch_up
from store.tantivy_index import TantivyIndex
from tests.desk import labels_of, raw, tone_of
from tests.digest.post_office import open_post_office

NOW = datetime(2026, 11, 24, 9, 40, tzinfo=UTC)
START = NOW - timedelta(days=70)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 11, 24), "weekday:3"),
        (date(2026, 11, 27), "holiday"),
        (date(2026, 11, 13), "holiday"),
        (date(2026, 3, 21), "nowruz"),
        (date(2026, 4, 2), "nowruz"),
        (date(2026, 4, 5), "weekday:1"),
        (date(2026, 3, 10), "ramadan"),
        (date(2026, 6, 25), "muharram"),
        (date(2026, 6, 17), "muharram"),
        (date(2026, 2, 11), "holiday"),
    ],
)
def test_a_day_is_what_both_calendars_say(day: date, kind: str) -> None:
    assert day_kind(day) == kind


def test_a_day_is_compared_with_days_like_it() -> None:
    tuesdays = like_days(date(2026, 11, 24))
    assert len(tuesdays) == 8
    assert {day_kind(day) for day in tuesdays} == {"weekday:3"}
    assert {day_kind(day) for day in like_days(date(2026, 6, 25))} == {"muharram"}
    fast = like_days(date(2026, 3, 10))
    assert {day_kind(day) for day in fast} == {"ramadan"}


def test_what_is_usual_never_fires() -> None:
    """Three deviations of chance: a Poisson-like week of 2 to 4 articles fires at 9 and not below."""
    assert limit_of([2, 3, 2, 4, 3]) == 9
    assert limit_of([0, 0, 0]) == 4
    assert limit_of([40, 50, 60, 45, 55]) > 60
    for quiet in ([3] * 8, [10, 12, 9, 11, 10, 13, 8, 10]):
        assert limit_of(quiet) > max(quiet) + 1


def _spike(count: int, usual: int) -> Spike | None:
    since, _ = window_at(NOW)
    return find_spike("volume", NOW, lambda begin, _until, _negative: count if begin == since else usual, LONG_AGO)


def test_a_spike_is_more_than_the_same_hours_of_like_days() -> None:
    found = _spike(14, 3)
    assert found is not None
    assert (found.count, found.usual, found.compared, found.day_kind) == (14, 3, 8, "weekday:3")
    assert (found.until.astimezone(TEHRAN).hour, found.until - found.since) == (13, timedelta(hours=3))
    assert _spike(5, 0) is None
    assert _spike(8, 4) is None


def test_without_three_days_to_compare_nothing_fires() -> None:
    assert find_spike("volume", NOW, lambda *_: 50, NOW - timedelta(days=16)) is None


def test_an_episode_is_told_once() -> None:
    found = _spike(14, 3)
    assert found is not None
    assert not is_told(found, {})
    assert is_told(found, {found.key: NOW})
    assert is_told(found, {"volume:2026-11-23": found.until - timedelta(hours=5)})
    assert not is_told(found, {"volume:2026-11-23": found.until - timedelta(hours=7), "negative:2026-11-24": NOW})


@pytest.mark.parametrize(
    ("clock", "until"),
    [("21:59", "21:59"), ("22:00", "07:00"), ("23:10", "07:00"), ("03:00", "07:00"), ("07:00", "07:00"), ("12:00", "12:00")],
)
def test_quiet_hours_put_letters_off(clock: str, until: str) -> None:
    hour, minute = map(int, clock.split(":"))
    moment = (day_start(date(2026, 11, 24)) + timedelta(hours=hour, minutes=minute)).astimezone(UTC)
    later = quiet_until(moment, "22:00", "07:00")
    assert later.astimezone(TEHRAN).strftime("%H:%M") == until
    assert timedelta(0) <= later - moment <= timedelta(hours=9)
    assert quiet_until(moment, "", "") == moment


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Seventy quiet days of one outlet, an article every six hours."""
    opened = open_archive(Settings(data=tmp_path), TantivyIndex.in_memory())
    for number in range(70 * 4):
        opened.articles.save(raw(number, published_at=START + timedelta(hours=6 * number)))
    catch_up(opened)
    yield opened
    opened.close()


def _burst(archive: Archive, at: datetime, count: int = 12, first: int = 5000) -> None:
    said = labels_of(load_newsrooms(NOW)[0].pieces[0])
    negative = type(said)(
        **{
            **{name: getattr(said, name) for name in said.__slots__},
            "city_tone": tone_of("negative", ("negative", "neutral", "positive", "none")),
        }
    )
    for number in range(first, first + count):
        id = archive.articles.save(
            raw(number, published_at=at - timedelta(minutes=number % 60 + 5), headline=f"قطع آب در محلهٔ {number}")
        ).id
        archive.articles.annotate(id, 1, negative, at)
    catch_up(archive)


def _rule(archive: Archive, *kinds: str, quiet: tuple[str, str] = ("", "")) -> int:
    to = ["pr@example.org", "mayor@example.org"]
    return archive.alerts.add("آب", "آب", kinds=kinds, addresses=to, quiet=quiet, made_by="x", now=NOW).id


def test_a_spike_is_told_once_to_each_address(archive: Archive, tmp_path: Path) -> None:
    settings, outbox = Settings(data=tmp_path), MemoryOutbox()
    rule = archive.alerts.add("همه", "", kinds=("volume", "negative"), addresses=["pr@example.org"], quiet=("", ""), made_by="x", now=NOW)
    assert watch(archive, settings, NOW) == 0
    _burst(archive, NOW.replace(minute=0))
    assert watch(archive, settings, NOW) == 2
    for minutes in (0, 5, 30, 90):
        assert watch(archive, settings, NOW + timedelta(minutes=minutes)) == 0
    assert send_letters(archive, outbox, settings, NOW) == 2
    assert send_letters(archive, outbox, settings, NOW) == 0
    subjects = sorted(str(message["Subject"]) for _, message in outbox.letters)
    assert all("۱۲ خبر" in subject or "۱۳ خبر" in subject for subject in subjects), subjects
    assert {alert.rule_id for alert in archive.alerts.newest()} == {rule.id}
    body = outbox.letters[0][1].get_body(("html",))
    assert body is not None
    assert 'dir="rtl"' in body.get_content()


def test_a_rule_added_in_the_middle_of_a_spike_has_its_own_baseline(archive: Archive, tmp_path: Path) -> None:
    _burst(archive, NOW.replace(minute=0))
    _rule(archive, "negative")
    assert watch(archive, Settings(data=tmp_path), NOW) == 1


def test_letters_wait_for_the_end_of_the_quiet_hours(archive: Archive, tmp_path: Path) -> None:
    settings, outbox = Settings(data=tmp_path), MemoryOutbox()
    _burst(archive, NOW.replace(minute=0))
    _rule(archive, "volume", quiet=("12:00", "15:00"))
    assert watch(archive, settings, NOW) == 1
    assert send_letters(archive, outbox, settings, NOW) == 0
    assert send_letters(archive, outbox, settings, NOW + timedelta(hours=2)) == 2
    assert {receiver for receiver, _ in outbox.letters} == {"pr@example.org", "mayor@example.org"}


def test_a_letter_is_left_with_one_click_and_without_signing_in(archive: Archive, tmp_path: Path) -> None:
    settings, outbox = Settings(data=tmp_path, base_url="https://rasad.example", mail_from="rasad@example.org"), MemoryOutbox()
    _burst(archive, NOW.replace(minute=0))
    rule = _rule(archive, "volume")
    watch(archive, settings, NOW)
    assert send_letters(archive, outbox, settings, NOW) == 2
    receiver, letter = outbox.letters[0]
    link = str(letter["List-Unsubscribe"]).strip("<>")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"\r\nList-Unsubscribe: <{link}>\r\n".encode() in letter.as_bytes()
    for subtype in ("plain", "html"):
        part = letter.get_body((subtype,))
        assert part is not None
        assert link in part.get_content()
    visitor = TestClient(create_app(archive, settings, clock=lambda: NOW), base_url="https://rasad.example")
    address = link.removeprefix("https://rasad.example")
    assert receiver in visitor.get(address).text
    assert archive.alerts.addresses.of_rule(rule)[0].state == "active", "asking is not leaving"
    assert "هشدار دیگر فرستاده نمی‌شود" in visitor.post(address, data={"List-Unsubscribe": "One-Click"}).text
    assert visitor.post("/unsubscribe/nothing").status_code == 404
    left = {one.address: one.state for one in archive.alerts.addresses.of_rule(rule)}
    assert left.pop(receiver) == "unsubscribed"
    assert set(left.values()) == {"active"}
    assert archive.alerts.rules()[0].addresses == tuple(left)


def test_who_leaves_gets_no_letter_that_waits(archive: Archive, tmp_path: Path) -> None:
    settings, outbox = Settings(data=tmp_path), MemoryOutbox()
    _burst(archive, NOW.replace(minute=0))
    rule = _rule(archive, "volume", quiet=("12:00", "15:00"))
    watch(archive, settings, NOW)
    gone = archive.alerts.addresses.of_rule(rule)[0]
    archive.alerts.addresses.unsubscribe(gone.token, NOW)
    assert send_letters(archive, outbox, settings, NOW + timedelta(hours=2)) == 1
    assert gone.address not in {receiver for receiver, _ in outbox.letters}
    [alert] = archive.alerts.newest()
    assert {one.address: one.state for one in archive.alerts.letters(alert.id)}[gone.address] == "cancelled"
    archive.alerts.addresses.add(rule, gone.address, NOW)
    assert set(archive.alerts.rules()[0].addresses) == {"pr@example.org", "mayor@example.org"}


def test_an_address_that_is_refused_for_good_is_marked_and_4xx_is_tried_again(archive: Archive, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, mail_from="rasad@example.org")
    _burst(archive, NOW.replace(minute=0))
    rule = _rule(archive, "volume")
    watch(archive, settings, NOW)
    with open_post_office() as office:
        outbox = SmtpOutbox(office.url, "rasad@example.org", command_seconds=2, letter_seconds=2)
        office.rcpt_answers = {"pr@example.org": "550 no such user", "mayor@example.org": "450 busy"}
        assert send_letters(archive, outbox, settings, NOW) == 0
        office.rcpt_answers.clear()
        assert send_letters(archive, outbox, settings, NOW + timedelta(seconds=59)) == 0
        assert send_letters(archive, outbox, settings, NOW + timedelta(seconds=61)) == 1
        assert [receiver for receiver, _ in office.letters] == ["mayor@example.org"]
    marked = {one.address: (one.state, one.reason) for one in archive.alerts.addresses.of_rule(rule)}
    assert marked == {"pr@example.org": ("bad", "550 no such user"), "mayor@example.org": ("active", "")}
    assert archive.alerts.rules()[0].addresses == ("mayor@example.org",)


def test_a_rising_story_is_told_once_with_who_began_it(tmp_path: Path) -> None:
    archive = open_archive(Settings(data=tmp_path), TantivyIndex.in_memory())
    said = labels_of(load_newsrooms(NOW)[0].pieces[0])
    for place, outlet in enumerate(("toos", "khorasan", "shahr", "ava")):
        at = NOW - timedelta(hours=6 - place)
        saved = archive.articles.save(raw(place, outlet=outlet, headline="ریزش ساختمان در خیابان لاله", published_at=at))
        archive.articles.annotate(saved.id, 1, said, NOW)
    archive.groups.group_pending(lambda mark: (int.from_bytes(mark[:7]),), lambda _one, _other: True, NOW)
    archive.stories.join_pending(NOW)
    catch_up(archive)
    archive.alerts.add("شهر", "ساختمان", kinds=("story",), addresses=["pr@example.org"], quiet=("", ""), made_by="x", now=NOW)
    assert watch(archive, Settings(data=tmp_path), NOW) == 1
    assert watch(archive, Settings(data=tmp_path), NOW + timedelta(hours=3)) == 0
    [alert] = archive.alerts.newest()
    assert alert.document["outlets"] == ["toos", "khorasan", "shahr", "ava"]
    assert "۴ رسانه" in alert.text
    assert "آغازگر: toos" in alert.text
    assert alert.document["first"]["id"] == 1  # type: ignore[index]
    [(at, story)] = backtest_stories(archive, "ساختمان", NOW - timedelta(days=2), NOW)
    assert (at, story.first, story.outlets) == (NOW - timedelta(hours=4), 1, ("toos", "khorasan", "shahr"))
    assert list(backtest_stories(archive, "ساختمان", NOW - timedelta(hours=3), NOW)) == [], "it was told before"
    archive.articles.correct([1], ("relevant", False), "آزمون", NOW)
    catch_up(archive)
    assert list(backtest_stories(archive, "ساختمان", NOW - timedelta(days=2), NOW)) == []
    archive.close()


def test_an_alert_is_one_message_to_a_webhook(archive: Archive, tmp_path: Path) -> None:
    hook = archive.webhooks.add("x", "http://192.0.2.1/", query="", events=["alert.fired"], made_by="x", now=NOW)
    _burst(archive, NOW.replace(minute=0))
    _rule(archive, "volume")
    for _ in range(3):
        watch(archive, Settings(data=tmp_path), NOW)
    [delivery] = archive.webhooks.deliveries(hook.id)
    assert delivery.event == "alert.fired"
    assert '"kind": "volume"' in delivery.body


def test_the_backtest_fires_where_the_watch_would_have(archive: Archive) -> None:
    at = (NOW - timedelta(days=9)).replace(minute=0)
    _burst(archive, at)
    fired = list(backtest(archive, "", NOW - timedelta(days=20), NOW))
    assert {spike.kind for spike in fired} == {"volume", "negative"}
    assert len(fired) == 2
    for spike in fired:
        assert spike.since <= at <= spike.until + timedelta(hours=1)
    assert list(backtest(archive, "", NOW - timedelta(days=7), NOW)) == []
