"""The invented articles: enough, of every kind, in time, marked."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import samples
from core.records import CITY_TONES, TONES, TOPICS
from samples.habits import in_habit
from samples.pieces import DATA, FILES, Piece, load_newsrooms

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def pieces() -> list[Piece]:
    return [piece for room in load_newsrooms(NOW) for piece in room.pieces]


def test_there_are_enough_articles_and_reprints(pieces: list[Piece]) -> None:
    assert len(pieces) >= 66
    assert sum(1 for piece in pieces if piece.reprint_of) >= 8
    assert all(3 <= len(piece.paragraphs) <= 9 for piece in pieces)


def test_every_topic_and_tone_occurs(pieces: list[Piece]) -> None:
    topics = Counter(topic for piece in pieces for topic in piece.topics)
    assert set(topics) == set(TOPICS)
    assert {piece.tone for piece in pieces} == set(TONES)
    assert {piece.city for piece in pieces} == set(CITY_TONES)


def test_times_are_relative_to_the_start_and_spread_over_fourteen_days(pieces: list[Piece]) -> None:
    ages = sorted(NOW - piece.published_at for piece in pieces)
    assert timedelta(0) < ages[0]
    assert timedelta(days=12) < ages[-1] <= timedelta(days=14)
    later = [piece for room in load_newsrooms(NOW + timedelta(days=30)) for piece in room.pieces]
    assert [piece.published_at - timedelta(days=30) for piece in later] == [piece.published_at for piece in pieces]


def test_a_reprint_appears_after_its_original_and_credits_it() -> None:
    rooms = dict(zip(FILES, load_newsrooms(NOW), strict=True))
    for name, room in rooms.items():
        for piece in room.pieces:
            if piece.reprint_of:
                place, key = piece.reprint_of.split("/")
                original = next(other for other in rooms[place].pieces if other.key == key)
                assert place != name
                assert original.published_at < piece.published_at
                assert f"به نقل از {rooms[place].name}" in piece.paragraphs[0]


def test_remarks_come_after_the_article(pieces: list[Piece]) -> None:
    remarks = [(piece, remark) for piece in pieces for remark in piece.remarks]
    assert remarks
    assert all(piece.published_at < remark.published_at < NOW for piece, remark in remarks)


def test_ids_and_slugs_are_unique_and_rise_with_time() -> None:
    for room in load_newsrooms(NOW):
        ids = [piece.news_id for piece in room.pieces]
        assert ids == sorted(set(ids), reverse=True)
        assert len({piece.slug for piece in room.pieces}) == len(ids)


def test_every_data_file_says_that_it_is_a_sample() -> None:
    assert {path.stem for path in DATA.glob("*.toml")} == set(FILES)
    for path in DATA.glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        assert "sample = true" in text
        assert 'notice = "این صفحه نمونه است' in text


def test_the_data_lies_beside_the_module() -> None:
    assert DATA.parent == Path(samples.__file__).parent


def test_newsrooms_type_each_in_its_own_way() -> None:
    text = "شهرداری\u200cها و خانه\u200cها می\u200cگویند"
    assert in_habit(text, "half_spaces") == text
    assert in_habit(text, "joined") == "شهرداریها و خانه ها می گویند"
    assert in_habit("یک", "arabic_letters", turn=1) == "يك"
    assert in_habit("یک", "arabic_letters", turn=2) == "یک"
    assert in_habit("کار\u200cها", "joined") == "کار ها"
