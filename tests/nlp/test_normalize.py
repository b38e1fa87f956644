import pytest

from nlp.normalize import fold, fold_word
from nlp.sentences import sentences


@pytest.mark.parametrize(
    ("given", "folded"),
    [
        ("كلائي ۱۲", "کلایی 12"),
        ("شهرداری‌ها", "شهرداری ها"),
        ("مُحمّد", "محمد"),
        ("الف  ب", "الف ب"),
        ("«نقل»", "«نقل»"),
        ("\u202eعکس\u202c", "عکس"),
        ("\ud800", "\ufffd"),
    ],
)
def test_one_spelling_for_rules(given, folded):
    assert fold(given).text == folded


def test_every_folded_place_leads_back_to_the_given_words():
    given = "شهرداريِ  مشهد\u200f و كميسيونِ  عمران"
    folded = fold(given)
    start = folded.text.index("کمیسیون")
    first, last = folded.span(start, start + len("کمیسیون"))
    assert given[first:last] == "كميسيون"
    assert fold_word(given[first:last]) == "کمیسیون"


def test_an_unfolded_text_keeps_its_places():
    assert fold("سلام").origin(3) == 3


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("آمد. رفت.", ["آمد.", "رفت."]),
        ("نرخ 3.5 درصد شد.وی رفت", ["نرخ 3.5 درصد شد.", "وی رفت"]),
        ("گفت: «آمد.» رفت", ["گفت: «آمد.»", "رفت"]),
        ("سطر یک\nسطر دو", ["سطر یک", "سطر دو"]),
        ("م. احمدی رفت.", ["م. احمدی رفت."]),
        ("...", []),
    ],
)
def test_sentences_point_into_the_text(text, parts):
    assert [text[start:end] for start, end in sentences(text)] == parts
