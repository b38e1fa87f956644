import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.diff import compare
from dashboards.marked import Mark, cut, paragraphs

KINDS = st.sampled_from(["quote", "entity", "demand"])
TEXTS = st.text(alphabet="ابپ \n\u200cx😀", max_size=40)
MARKS = st.lists(st.builds(Mark, st.integers(-5, 50), st.integers(-5, 50), KINDS), max_size=6)


@given(TEXTS, MARKS, st.integers(0, 20))
def test_the_pieces_join_to_the_text(text: str, marks: list[Mark], offset: int) -> None:
    assert "".join(piece.text for piece in cut(text, marks, offset)) == text


@given(TEXTS, MARKS)
def test_a_character_carries_exactly_the_marks_that_cover_it(text: str, marks: list[Mark]) -> None:
    place = 0
    for piece in cut(text, marks):
        for _character in piece.text:
            covering = {mark for mark in marks if mark.start <= place < mark.end}
            assert set(piece.marks) == covering
            place += 1


def test_overlapping_marks_share_a_piece() -> None:
    pieces = cut("abcdef", [Mark(0, 4, "quote", "گوینده"), Mark(2, 6, "entity", "شخص")])
    assert [(piece.text, piece.classes, piece.note) for piece in pieces] == [
        ("ab", "mark-quote", "گوینده"),
        ("cd", "mark-quote mark-entity", "گوینده · شخص"),
        ("ef", "mark-entity", "شخص"),
    ]


def test_marks_are_counted_over_all_paragraphs() -> None:
    found = paragraphs("یک\n\nدو سه", [Mark(4, 6, "quote")])
    assert [[(piece.text, piece.classes) for piece in pieces] for pieces in found] == [[("یک", "")], [("دو", "mark-quote"), (" سه", "")]]


@given(st.lists(st.sampled_from(["الف", "ب", "پ"]), max_size=8), st.lists(st.sampled_from(["الف", "ب", "پ"]), max_size=8))
def test_a_comparison_holds_both_texts(older: list[str], newer: list[str]) -> None:
    before, after = " ".join(older), " ".join(newer)
    pieces = compare(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "in") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "out") == after


def test_a_very_long_text_is_shown_as_replaced() -> None:
    long = "واژه " * 15_000
    assert [piece.kind for piece in compare(long, long + "دیگر")] == ["out", "in"]


@pytest.mark.parametrize("text", ["", " "])
def test_an_empty_text_has_no_paragraph(text: str) -> None:
    assert paragraphs(text, []) == []
