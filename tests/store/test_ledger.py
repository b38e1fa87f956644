"""The ledger on SQLite and PostgreSQL: no address lost, none claimed twice, every one counted once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.outcomes import Outcome
from store.archive import Archive
from store.ledger import RESTLESS_FETCHES, RESTLESS_GAP, Ledger
from store.ledger_records import Address, Discovery, FeedState, Fetch, Found

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def ledger(archive: Archive) -> Ledger:
    return archive.ledger


def _found(*numbers: int, **fields: object) -> list[Found]:
    return [Found(f"id:{number}", f"https://a.ir/news/{number}", **fields) for number in numbers]  # type: ignore[arg-type]


def _read(ledger: Ledger, address: Address, at: datetime, due_at: datetime | None = None, outcome: Outcome = Outcome.STORED) -> None:
    ledger.record(address, Fetch(at, outcome, due_at, news_id=address.key, article_id=address.id, body_chars=900, fields="hlb"))


def test_an_address_is_noted_once_and_due_at_once(ledger: Ledger) -> None:
    assert ledger.discover("a", _found(1, 2, 2), NOW) == Discovery(2, 2, 0)
    assert ledger.discover("a", _found(2, 3), NOW + HOUR) == Discovery(2, 1, 0)
    assert ledger.discover("b", _found(1), NOW) == Discovery(1, 1, 0)
    assert {one.key for one in ledger.claim("a", 10, "me", NOW + HOUR)} == {"id:1", "id:2", "id:3"}
    assert ledger.known_keys("a", ["id:1", "id:9"]) == {"id:1"}


def test_fresh_news_come_before_a_backlog(ledger: Ledger) -> None:
    ledger.discover("a", _found(1, 2), NOW)
    ledger.discover("a", _found(3), NOW + HOUR)
    assert [one.key for one in ledger.claim("a", 1, "me", NOW + 2 * HOUR)] == ["id:3"]


def test_a_claimed_address_is_nobody_elses_until_its_claim_runs_out_or_is_released(ledger: Ledger) -> None:
    ledger.discover("a", _found(1), NOW)
    assert len(ledger.claim("a", 9, "me", NOW, seconds=60)) == 1
    assert ledger.claim("a", 9, "you", NOW + timedelta(seconds=59)) == []
    assert ledger.owners() == ["me"]
    assert len(ledger.claim("a", 9, "you", NOW + timedelta(seconds=60))) == 1
    assert ledger.release("me") == 0
    assert ledger.release("you") == 1
    assert len(ledger.claim("a", 9, "me", NOW + timedelta(seconds=61))) == 1


def test_two_crawlers_at_once_never_get_the_same_address(archive: Archive) -> None:
    archive.ledger.discover("a", _found(*range(300)), NOW)
    got: dict[str, list[int]] = {"one": [], "two": [], "three": []}

    def take(owner: str) -> None:
        while claimed := archive.ledger.claim("a", 7, owner, NOW):
            got[owner] += [one.id for one in claimed]

    threads = [threading.Thread(target=take, args=(owner,)) for owner in got]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = [id for ids in got.values() for id in ids]
    assert len(everything) == len(set(everything)) == 300


def test_an_outcome_is_the_addresss_state_and_one_row_of_the_log(ledger: Ledger) -> None:
    ledger.discover("a", _found(1), NOW)
    (address,) = ledger.claim("a", 1, "me", NOW)
    _read(ledger, address, NOW, NOW + HOUR)
    found = ledger.find("a", "id:1")
    assert found is not None
    assert (found.outcome, found.fetches, found.first_read_at, found.due_at) == (Outcome.STORED, 1, NOW, NOW + HOUR)
    (again,) = ledger.claim("a", 1, "me", NOW + HOUR)
    _read(ledger, again, NOW + HOUR, None, Outcome.UNCHANGED)
    found = ledger.find("a", "id:1")
    assert found is not None
    assert (found.outcome, found.fetches, found.first_read_at, found.due_at) == (Outcome.UNCHANGED, 2, NOW, None)
    assert [one.outcome for one in ledger.readings("a", NOW)] == [Outcome.STORED, Outcome.UNCHANGED]
    assert ledger.next_due(["a"]) is None


def test_a_change_time_after_the_fetch_makes_an_address_due_at_once(ledger: Ledger) -> None:
    ledger.discover("a", _found(1), NOW)
    (address,) = ledger.claim("a", 1, "me", NOW)
    _read(ledger, address, NOW)
    assert ledger.discover("a", _found(1, modified_at=NOW - HOUR), NOW + HOUR).due_again == 0
    assert ledger.discover("a", _found(1, modified_at=NOW + HOUR), NOW + 2 * HOUR).due_again == 1
    assert ledger.next_due(["a"]) == NOW + 2 * HOUR
    assert ledger.discover("a", _found(1, modified_at=NOW + HOUR), NOW + 3 * HOUR).due_again == 0


def test_a_sitemap_whose_change_time_is_always_now_does_not_make_us_fetch_at_every_poll(ledger: Ledger) -> None:
    ledger.discover("a", _found(1), NOW)
    moment = NOW
    for _ in range(RESTLESS_FETCHES):
        (address,) = ledger.claim("a", 1, "me", moment)
        _read(ledger, address, moment)
        moment += timedelta(minutes=5)
        ledger.discover("a", _found(1, modified_at=moment), moment)
    assert ledger.next_due(["a"]) == moment - timedelta(minutes=5) + RESTLESS_GAP


def test_an_address_settled_without_a_fetch_is_counted_and_never_due(ledger: Ledger) -> None:
    ledger.discover("a", _found(1, outcome=Outcome.OTHER_SECTION), NOW)
    assert ledger.claim("a", 9, "me", NOW + HOUR) == []
    (row,) = ledger.coverage()
    assert (row.known, row.left_out, row.waiting) == (1, 1, 0)


def test_another_address_of_a_read_article_is_found_while_that_one_lives(ledger: Ledger) -> None:
    ledger.discover("a", _found(1, 2), NOW)
    first, second = sorted(ledger.claim("a", 2, "me", NOW), key=lambda one: one.id)
    ledger.record(first, Fetch(NOW, Outcome.STORED, None, news_id="77", article_id=5))
    assert {id: twin.id for id, twin in ledger.find_twins([(second, "77"), (first, "77")]).items()} == {second.id: first.id}
    ledger.record(first, Fetch(NOW, Outcome.SOFT_404, None, misses=1))
    assert ledger.find_twins([(second, "77")]) == {}


def test_feeds_keep_their_state(ledger: Ledger) -> None:
    assert ledger.find_feed("a", "u") is None
    ledger.save_feed(FeedState("a", "u", "feed", etag='"1"', checked_at=NOW))
    ledger.save_feed(FeedState("a", "u", "feed", etag='"2"', checked_at=NOW + HOUR, failures=3))
    found = ledger.find_feed("a", "u")
    assert found is not None
    assert (found.etag, found.checked_at, found.failures) == ('"2"', NOW + HOUR, 3)
    assert ledger.feeds("a") == [found]


@hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 12), st.sampled_from([one for one in Outcome if one is not Outcome.WAITING])), max_size=30))
def test_the_coverage_adds_up_to_the_known_addresses_whatever_happens(archive: Archive, steps: list[tuple[int, Outcome]]) -> None:
    """Every discovered address ends in exactly one counted outcome."""
    ledger = archive.ledger
    for number, outcome in steps:
        ledger.discover("p", _found(number), NOW)
        address = ledger.find("p", f"id:{number}")
        assert address is not None
        ledger.record(address, Fetch(NOW, outcome, None))
    rows = [row for row in ledger.coverage() if row.outlet == "p"]
    for row in rows:
        assert row.known == row.read + row.blocked + row.failed + row.waiting + row.left_out
        assert row.known == len(ledger.known_keys("p", [f"id:{number}" for number in range(1, 13)]))


def test_the_fetch_log_forgets_what_is_old_and_nothing_else(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.ledger.LOG_CHUNK", 4)
    ledger.discover("a", _found(*range(12)), NOW)
    addresses = ledger.claim("a", 12, "me", NOW)
    for place, address in enumerate(addresses):
        _read(ledger, address, NOW + place * HOUR)

    assert ledger.forget_fetches(NOW + 9 * HOUR) == 9

    assert [one.at for one in ledger.readings("a", NOW)] == [NOW + place * HOUR for place in (9, 10, 11)]
    assert sum(row.known for row in ledger.coverage()) == 12
    assert ledger.forget_fetches(NOW + 9 * HOUR) == 0
