"""Saved searches, subscriptions and the ledger of digests, on SQLite and PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

import store.people_tables as _tables  # noqa: F401 (puts the tables into the metadata)
from core.errors import BadInput, BadQuery, NotFound
from store.archive import Archive
from store.people import People
from store.search_turns import last_turn
from store.sendings import CLAIM_SECONDS, HANDOVER_SECONDS, DigestRecord, Sendings
from store.tables import metadata

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TABLES = ("saved_searches", "subscriptions", "subscription_addresses", "digests", "sendings", "search_looks", "search_letters")


@pytest.fixture
def people(archive: Archive) -> People:
    return People(archive.engine)


def _digest(subscription: int, window: datetime = NOW) -> DigestRecord:
    return DigestRecord(subscription, window, NOW, 7, "موضوع", "<p>متن</p>", "متن", b"png")


def _subscribed(people: People, *addresses: str) -> int:
    return people.add_subscription("خبر روز", "شهرداری", addresses or ("pr@example.org",), now=NOW).id


def test_the_migration_makes_exactly_the_tables_of_the_metadata(archive: Archive) -> None:
    inspector = sa.inspect(archive.engine)
    for name in TABLES:
        table = metadata.tables[name]
        assert {column["name"]: column["nullable"] for column in inspector.get_columns(name)} == {
            column.name: column.nullable for column in table.columns
        }
        assert {tuple(one["column_names"]) for one in inspector.get_unique_constraints(name)} == {
            tuple(column.name for column in one.columns) for one in table.constraints if isinstance(one, sa.UniqueConstraint)
        }
        assert {one["name"] for one in inspector.get_indexes(name) if not one.get("duplicates_constraint")} == {
            one.name for one in table.indexes
        }


def test_a_saved_search_is_replaced_by_name_and_seen_by_its_user_and_everybody(people: People) -> None:
    people.save_search("مترو", "قطارشهری", user="نرگس", now=NOW)
    again = people.save_search("مترو", "قطارشهری OR مترو", user="نرگس", cadence="daily", now=NOW + DAY)
    people.save_search("همه", "شهرداری", now=NOW)
    assert (again.query, again.cadence, again.created_at) == ("قطارشهری OR مترو", "daily", NOW)
    assert [search.name for search in people.saved_searches("نرگس")] == ["مترو", "همه"]
    assert [search.name for search in people.saved_searches("دیگری")] == ["همه"]
    people.remove_search(again.id)
    with pytest.raises(NotFound):
        people.remove_search(again.id)
    with pytest.raises(BadQuery):
        people.save_search("بد", "از:1405/13/45", now=NOW)


def test_a_subscription_keeps_what_was_asked_for(people: People) -> None:
    made = people.add_subscription(
        " خبر  صبح ",
        "tone:negative",
        ["a@Example.ORG", "b@example.org", "a@Example.ORG"],
        at="07:15",
        days=(4, 0),
        when_empty="nothing",
        now=NOW,
    )
    assert (made.name, made.query, made.addresses) == ("خبر صبح", "tone:negative", ("a@example.org", "b@example.org"))
    assert (made.at, made.days, made.when_empty) == ("07:15", (0, 4), "nothing")
    assert people.subscriptions() == [made]
    assert people.created_at(made.id) == NOW
    people.remove_subscription(made.id, NOW)
    assert people.subscriptions() == []
    with pytest.raises(NotFound):
        people.remove_subscription(made.id, NOW)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("addresses", {"addresses": []}),
        ("address", {"addresses": ["no address"]}),
        ("address", {"addresses": ["a@b.org\nBcc: c@d.org"]}),
        ("address", {"addresses": ["a@b.org,c@d.org"]}),
        ("at", {"at": "25:00"}),
        ("at", {"at": "6:30"}),
        ("days", {"days": ()}),
        ("days", {"days": (7,)}),
        ("when_empty", {"when_empty": "maybe"}),
        ("name", {"name": "  "}),
    ],
)
def test_a_wrong_subscription_is_refused_by_field(people: People, field: str, wrong: dict[str, object]) -> None:
    given = {"name": "خبر", "query": "", "addresses": ["a@b.org"], "now": NOW} | wrong
    with pytest.raises(BadInput) as caught:
        people.add_subscription(**given)  # type: ignore[arg-type]
    assert caught.value.field == field
    assert people.subscriptions() == []


def test_one_address_leaves_by_its_token_and_may_come_back(people: People) -> None:
    id = _subscribed(people, "a@b.org", "c@d.org")
    token = people.recipients(id)[0].token
    left = people.unsubscribe(token, NOW + DAY)
    assert left is not None
    assert (left.address, left.state, left.since) == ("a@b.org", "unsubscribed", NOW + DAY)
    assert people.unsubscribe(token, NOW + 2 * DAY) == left
    assert people.unsubscribe("unknown", NOW) is None
    assert people.subscription(id).addresses == ("c@d.org",)
    assert people.add_address(id, "a@b.org", NOW + 3 * DAY).state == "active"
    assert people.subscription(id).addresses == ("a@b.org", "c@d.org")


def test_a_bad_address_is_marked_everywhere_with_the_servers_words(people: People) -> None:
    first, second = _subscribed(people, "a@b.org", "c@d.org"), _subscribed(people, "a@b.org")
    people.mark_bad("a@b.org", "550 no such user", NOW)
    people.mark_bad("a@b.org", "551 other words", NOW + DAY)
    for id in (first, second):
        bad = people.recipients(id)[0]
        assert (bad.state, bad.reason, bad.since) == ("bad", "550 no such user", NOW)
    assert people.subscription(first).addresses == ("c@d.org",)
    assert people.subscription(second).addresses == ()


def test_a_window_is_composed_once_whoever_comes_second(people: People) -> None:
    """Complaint row 15: one digest per subscription and window."""
    id = _subscribed(people, "a@b.org", "c@d.org")
    assert people.sendings.keep(_digest(id), ["a@b.org", "c@d.org"])
    assert not people.sendings.keep(_digest(id), ["a@b.org"])
    assert people.sendings.windows(id, NOW) == {NOW}
    assert people.sendings.windows(id, NOW + DAY) == set()
    kept = people.sendings.newest_digests()[0]
    assert people.sendings.digest(kept.id).chart == b"png"
    assert [sending.address for sending in people.sendings.of_digest(kept.id)] == ["a@b.org", "c@d.org"]


def test_a_sending_is_claimed_once_and_again_only_after_its_claim_ran_out(people: People) -> None:
    id = _subscribed(people)
    people.sendings.keep(_digest(id), ["pr@example.org"])
    claimed = people.sendings.claim("one", NOW)
    assert claimed is not None
    assert people.sendings.claim("two", NOW) is None
    late = NOW + timedelta(seconds=CLAIM_SECONDS + 1)
    assert people.sendings.claim("two", late) == _tried(people, claimed.id)
    assert not people.sendings.begin(claimed.id, "one", late)
    assert people.sendings.begin(claimed.id, "two", late)
    assert people.sendings.claim("three", late + timedelta(seconds=HANDOVER_SECONDS - 1)) is None
    assert not people.sendings.sent(claimed.id, "one", late)
    assert people.sendings.sent(claimed.id, "two", late)
    assert people.sendings.newest()[0].state == "sent"
    assert people.sendings.claim("three", NOW + DAY) is None


def _tried(people: People, id: int) -> object:
    return next(sending for sending in people.sendings.newest() if sending.id == id)


def test_windows_go_out_in_order_and_one_refused_for_now_holds_the_later_ones_back(people: People) -> None:
    """Complaint row 15: what was missed is caught up with in order."""
    id = _subscribed(people)
    for number in (2, 0, 1):
        people.sendings.keep(_digest(id, NOW + number * DAY), ["pr@example.org"])
    first = people.sendings.claim("one", NOW + 3 * DAY)
    assert first is not None
    assert first.window_at == NOW
    assert people.sendings.claim("two", NOW + 3 * DAY) is None
    people.sendings.retry(first.id, "one", NOW + 3 * DAY + timedelta(minutes=1), "451 later")
    assert people.sendings.claim("one", NOW + 3 * DAY) is None
    again = people.sendings.claim("one", NOW + 3 * DAY + timedelta(minutes=1))
    assert again is not None
    assert (again.id, again.attempts, again.error) == (first.id, 2, "451 later")
    people.sendings.failed(again.id, "one", "550 no")
    second = people.sendings.claim("one", NOW + 3 * DAY)
    assert second is not None
    assert second.window_at == NOW + DAY


def test_what_is_not_wanted_any_more_is_cancelled(people: People) -> None:
    id, other = _subscribed(people, "a@b.org", "c@d.org"), _subscribed(people, "e@f.org")
    people.sendings.keep(_digest(id), ["a@b.org", "c@d.org"])
    people.sendings.keep(_digest(other), ["e@f.org"])
    people.unsubscribe(people.recipients(id)[0].token, NOW)
    people.remove_subscription(other, NOW)
    claimed = people.sendings.claim("one", NOW)
    assert claimed is not None
    assert claimed.address == "c@d.org"
    assert people.sendings.claim("two", NOW) is None
    assert sorted(sending.state for sending in people.sendings.newest()) == ["cancelled", "cancelled", "composed"]


def test_many_workers_never_hold_the_same_sending(people: People, open_again: Callable[[], Archive]) -> None:
    """Complaint row 15: the job never runs twice."""
    addresses = [f"a{number}@b.org" for number in range(40)]
    id = people.add_subscription("خبر", "", addresses, now=NOW).id
    people.sendings.keep(_digest(id), addresses)
    ledgers = [Sendings(open_again().engine) for _ in range(4)]

    def work(number: int) -> list[int]:
        taken = []
        while (sending := ledgers[number].claim(f"worker {number}", NOW)) is not None:
            assert ledgers[number].begin(sending.id, f"worker {number}", NOW)
            assert ledgers[number].sent(sending.id, f"worker {number}", NOW)
            taken.append(sending.id)
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [id for ids in pool.map(work, range(4)) for id in ids]
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 40


def test_a_sending_in_somebodys_hands_is_not_cancelled_under_them(people: People) -> None:
    id = _subscribed(people)
    people.sendings.keep(_digest(id), ["pr@example.org"])
    claimed = people.sendings.claim("one", NOW)
    assert claimed is not None
    people.unsubscribe(people.recipients(id)[0].token, NOW)
    assert people.sendings.claim("two", NOW) is None
    assert people.sendings.newest()[0].state == "composed"
    assert people.sendings.digest(claimed.digest_id).subject == "موضوع"
    with pytest.raises(NotFound):
        people.sendings.digest(10**6)


def test_a_turn_comes_every_day_or_on_saturdays() -> None:
    tuesday = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 06:30 in Tehran
    assert last_turn("daily", "06:30", tuesday) == tuesday
    assert last_turn("daily", "06:30", tuesday - timedelta(minutes=1)) == tuesday - DAY
    assert last_turn("weekly", "06:30", tuesday) == datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    assert last_turn("weekly", "06:30", datetime(2026, 11, 21, 2, 59, tzinfo=UTC)) == datetime(2026, 11, 14, 3, 0, tzinfo=UTC)
    assert last_turn("", "06:30", tuesday) is None


def test_the_last_look_is_kept_for_each_user(people: People) -> None:
    search = people.save_search("مترو", "مترو", cadence="daily", now=NOW)
    assert people.turns.looked_at("نرگس") == {}
    people.turns.look(search.id, "نرگس", NOW)
    people.turns.look(search.id, "نرگس", NOW + timedelta(minutes=5))
    assert people.turns.looked_at("نرگس") == {search.id: NOW + timedelta(minutes=5)}
    assert people.turns.looked_at("سارا") == {}
    people.remove_search(search.id)
    assert people.turns.looked_at("نرگس") == {}


def test_a_search_is_sent_in_exactly_the_rhythm_of_its_cadence(people: People) -> None:
    search = people.save_search("مترو", "مترو", "نرگس", "daily", NOW)
    sent = people.send_search(search.id, ["a@city.example", "b@city.example"], "07:15", NOW)
    assert sent is not None
    assert (sent.name, sent.query, sent.at, sent.days) == ("مترو", "مترو", "07:15", (0, 1, 2, 3, 4, 5, 6))
    people.rename_search(search.id, "قطارشهری", "weekly", NOW)
    people.save_search("قطارشهری", "مترو OR قطارشهری", "نرگس", "weekly", NOW)
    followed = people.subscription(sent.id)
    assert (followed.name, followed.query, followed.at, followed.days) == ("قطارشهری", "مترو OR قطارشهری", "07:15", (0,))
    people.send_search(search.id, ["b@city.example", "c@city.example"], "08:00", NOW)
    assert set(people.subscription(sent.id).addresses) == {"b@city.example", "c@city.example"}
    assert people.subscription(sent.id).at == "08:00"
    assert len(people.subscriptions()) == 1


@pytest.mark.parametrize("end", ["no addresses", "no cadence", "removed", "saved without a cadence"])
def test_the_digest_of_a_search_ends_with_it(people: People, end: str) -> None:
    search = people.save_search("مترو", "مترو", "نرگس", "daily", NOW)
    people.send_search(search.id, ["a@city.example"], "06:30", NOW)
    match end:
        case "no addresses":
            people.send_search(search.id, [], "06:30", NOW)
        case "no cadence":
            people.rename_search(search.id, "مترو", "", NOW)
        case "removed":
            people.remove_search(search.id, NOW)
        case _:
            people.save_search("مترو", "مترو", "نرگس", "", NOW)
    assert people.subscriptions() == []
    assert people.turns.subscriptions() == {}


def test_a_digest_that_was_ended_elsewhere_begins_anew(people: People) -> None:
    search = people.save_search("مترو", "مترو", "نرگس", "daily", NOW)
    first = people.send_search(search.id, ["a@city.example"], "06:30", NOW)
    people.remove_subscription(first.id, NOW)  # type: ignore[union-attr]
    assert people.turns.subscriptions() == {}
    second = people.send_search(search.id, ["a@city.example"], "06:30", NOW)
    assert people.turns.subscriptions() == {search.id: second.id}  # type: ignore[union-attr]


def test_a_search_without_a_cadence_is_not_sent(people: People) -> None:
    search = people.save_search("مترو", "مترو", "نرگس", "", NOW)
    with pytest.raises(BadInput) as caught:
        people.send_search(search.id, ["a@city.example"], "06:30", NOW)
    assert caught.value.field == "cadence"
    with pytest.raises(BadInput):
        people.send_search(search.id, ["nobody"], "06:30", NOW)
    assert people.subscriptions() == []
