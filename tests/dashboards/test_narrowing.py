from datetime import date

import pytest

from core.errors import BadInput
from core.records import Outlet
from dashboards.narrowing import Narrowing, read_day, read_narrowing, read_period
from store.collections import Collection
from tests.desk import NOW

OUTLETS = {"a": Outlet("a", "الف", "", "", owner="city"), "b": Outlet("b", "ب", "", "")}


@pytest.mark.parametrize("text", ["1405/09/03", "۱۴۰۵/۹/۳", "1405-9-3", "2026-11-24", "2026/11/24", " ١٤٠٥/٩/٣ "])
def test_a_day_is_read_in_every_form(text: str) -> None:
    assert read_day("from", text) == date(2026, 11, 24)


@pytest.mark.parametrize("text", ["1405/13/01", "1405/12/31", "2026-02-30", "دیروز", "1/2", "0001/01/01", "99999/1/1", "1405/09/٠٣/1"])
def test_a_wrong_day_names_its_field(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_day("to", text)
    assert caught.value.field == "to"
    assert caught.value.persian


def test_an_address_says_all_of_a_selection() -> None:
    one = Narrowing(
        "آسفالت", date(2026, 11, 1), date(2026, 11, 24), (("topic", "roads"), ("topic", "safety"), ("outlet", "b")), True, True, ("a",)
    )
    assert read_narrowing(one.params(), OUTLETS) == one


def test_dates_in_the_wrong_order_are_turned() -> None:
    found = read_narrowing([("from", "1405/09/03"), ("to", "1405/09/01")], OUTLETS)
    assert found.since is not None
    assert found.until is not None
    assert found.since < found.until


def test_a_period_is_seven_days_that_concern_the_city_unless_said_otherwise() -> None:
    usual = read_period([], OUTLETS, NOW)
    assert (usual.until, len(usual.days()), usual.city, usual.without_own) == (date(2026, 11, 24), 7, True, False)
    other = read_period([("days", "30"), ("scope", "all"), ("own", "0")], OUTLETS, NOW)
    assert (len(other.days()), other.city, other.without_own, other.own) == (30, False, True, ("a",))


def test_the_period_before_has_the_same_length_and_touches() -> None:
    usual = read_period([], OUTLETS, NOW)
    assert usual.before().days() == [date(2026, 11, day) for day in range(11, 18)]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ([("days", "0")], "days"),
        ([("days", "x")], "days"),
        ([("from", "1400/01/01"), ("to", "1405/01/01")], "from"),
        ([("tone", "angry")], "tone"),
        ([("outlet", "x" * 301)], "outlet"),
    ],
)
def test_what_cannot_be_meant_is_refused(params: list[tuple[str, str]], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_period(params, OUTLETS, NOW)
    assert caught.value.field == field


def test_figures_leave_out_what_is_irrelevant_and_their_links_say_so() -> None:
    usual = read_period([], OUTLETS, NOW)
    assert usual.relevant
    assert read_narrowing(usual.params(), OUTLETS).relevant
    assert "irrelevant" not in usual.page_url("/")
    assert not read_narrowing([("q", "x")], OUTLETS).relevant


def test_a_collection_keeps_its_outlets_and_an_unknown_one_is_named() -> None:
    known = [Collection(3, "خبرگزاری‌ها", ("b",), "", NOW)]
    one = read_narrowing([("collection", "3")], OUTLETS, known)
    assert (one.collection, read_narrowing(one.params(), OUTLETS, known)) == (known[0], one)
    with pytest.raises(BadInput) as caught:
        read_narrowing([("collection", "4")], OUTLETS, known)
    assert caught.value.field == "collection"
