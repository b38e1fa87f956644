"""The query language: what is typed, how it is read, and that nothing pasted is an error."""

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadQuery
from core.letters import ZWNJ
from store.query import EVERYTHING, all_of, in_field, parse_query, within
from store.query_print import printed
from store.query_tree import Address, And, Bag, Everything, Fuzzy, Is, Named, Node, Not, Nothing, Or, Phrase, Prefix, Within, Word
from store.vocabulary import Vocabulary

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SEED = Path(__file__).parents[3] / "shared" / "data" / "seed"
TYPED = st.text(alphabet=st.sampled_from('شهرمتوبیكئ ا‌ ()"«»“”+-−*~:/^[]{}!?&|\\۱۲3aANDORTنهیو.,،؛\n'), max_size=60)


def read(text: str) -> Node:
    return parse_query(text, now=NOW).root


def words(node: Node) -> list[str]:
    if isinstance(node, And | Or | Bag):
        return [word for part in node.parts for word in words(part)]
    return [node.text] if isinstance(node, Word | Phrase | Prefix | Fuzzy) else []


def placeless(value: Any, *, own_terms: bool = False) -> Any:
    """A tree without the places and wording of what was typed, for comparing; with ``own_terms`` also without added spellings."""
    if isinstance(value, tuple):
        return tuple(placeless(part, own_terms=own_terms) for part in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    if isinstance(value, Word) and own_terms:
        value = replace(value, readings=value.readings[:1])
    return (
        type(value).__name__,
        *(placeless(getattr(value, f.name), own_terms=own_terms) for f in fields(value) if f.name not in ("start", "end", "text")),
    )


def test_words_beside_each_other_are_a_bag_and_stop_words_are_not_required() -> None:
    root = read("سیما و منظر شهری")
    assert isinstance(root, Bag)
    assert words(root) == ["سیما", "منظر", "شهری"]
    assert words(read("از و در")) == ["از", "و", "در"]


def test_persian_operators_count_only_where_they_cannot_be_words() -> None:
    assert isinstance(read("قطار یا مترو"), Or)
    assert words(read("نه شرقی نه غربی")) == ["شرقی", "غربی"]
    root = read("مترو نه (قطار اتوبوس)")
    assert isinstance(root, And)
    assert isinstance(root.parts[1], Not)


def test_precedence_is_and_before_or_and_words_bind_weakest() -> None:
    root = read("یک OR دو AND سه")
    assert isinstance(root, Or)
    assert isinstance(root.parts[1], And)
    root = read("مترو قطار OR اتوبوس")
    assert isinstance(root, Bag)
    assert isinstance(root.parts[1], Or)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("tone:negative", Is("tone", ("negative",))),
        ("لحن:منفی", Is("tone", ("negative",))),
        ("لحن_شهر:مثبت", Is("city_tone", ("positive",))),
        (f"لحن{ZWNJ}شهر:none", Is("city_tone", ("none",))),
        ("موضوع:شهرسازی", Is("topic", ("urban_planning",))),
        ('موضوع:"حمل و نقل"', Is("topic", ("transport",))),
        ("topic:(transport OR roads)", Is("topic", ("transport", "roads"))),
        ("voice:مردم", Is("voice", ("citizen",))),
        ("is:بازنشر", Is("is", ("reprint",))),
        ("has:demand", Is("has", ("demand",))),
        ("رسانه:Khorasan-News", Is("outlet", ("khorasan news",))),
        ('speaker:"محمدرضا کلائی"', Named("speaker", "محمدرضا کلایی", ())),
        ("گوینده:کلائی", Named("speaker", "کلایی", ("کلایی",))),
        ("مکان:(میدان شهدا)", Named("place", "میدان شهدا", ("میدان", "شهدا"))),
        ("شهردار*", Prefix("", "شهردار")),
        ("تاسکی~1", Fuzzy("", "تاسکی", 1)),
        ("تاکسی‌ها~2", Fuzzy("", "تاکسیها", 2)),
        ('"سیما و منظر"', Phrase("", ("سیما", "و", "منظر"))),
        ("«سیما و منظر»", Phrase("", ("سیما", "و", "منظر"))),
        ("“سیما و منظر”", Phrase("", ("سیما", "و", "منظر"))),
        ("97-1400", Word("", (("97", "1400"),))),
        ("", Everything()),
        ("؟!", Nothing()),
    ],
)
def test_each_form_is_read_as_what_it_says(text: str, node: Node) -> None:
    assert placeless(read(text)) == placeless(node)


WORDS = Vocabulary(
    (("qudsonline", "قدس آنلاین"), ("shahrara", "شهرآرانیوز"), ("mehrnews", "خبرگزاری مهر"), ("toos", "صبح توس"), ("toos-rest", "صبح توس"))
)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("رسانه:قدس آنلاین مترو", ("qudsonline",)),
        ('outlet:"قدس‌آنلاین" مترو', ("qudsonline",)),
        ("مترو رسانه:(مهر OR شهرآرا نیوز)", ("mehrnews", "shahrara")),
        ("رسانه:خبرگزاری مهر مترو", ("mehrnews",)),
        ("رسانه:صبح توس مترو", ("toos", "toos rest")),
        ("outlet:toos مترو", ("toos",)),
        ("outlet:unlisted مترو", ("unlisted",)),
    ],
)
def test_outlets_are_known_by_their_persian_names(text: str, keys: tuple[str, ...]) -> None:
    root = parse_query(text, now=NOW, words=WORDS).root
    assert isinstance(root, And)
    assert words(root) == ["مترو"]
    assert [part.values for part in root.parts if isinstance(part, Is)] == [keys]


def test_an_unknown_outlet_is_said_so_with_the_name_that_is_near() -> None:
    notes = parse_query("رسانه:قدس‌انلین", now=NOW, words=WORDS).notes
    assert notes == ("رسانهٔ «قدس‌انلین» در فهرست رسانه‌ها نیست. آیا «قدس آنلاین» منظور است؟",)
    assert parse_query("رسانه:ناشناس", now=NOW, words=WORDS).notes == ("رسانهٔ «ناشناس» در فهرست رسانه‌ها نیست.",)
    assert parse_query("رسانه:ناشناس", now=NOW).notes == ()


def test_names_of_several_words_need_no_quotation_marks() -> None:
    assert placeless(read("موضوع:حمل و نقل مترو")) == placeless(read("topic:transport مترو"))
    assert placeless(read("موضوع:(محیط زیست OR شهر هوشمند)")) == placeless(read("topic:(environment OR smart_city)"))
    assert placeless(read("موضوع:فرهنگ شهر")) == placeless(read("topic:culture شهر"))


def test_signs_that_a_field_cannot_take_are_said_to_be_ignored() -> None:
    assert any("نادیده" in note for note in parse_query("رسانه:toos*", now=NOW).notes)


def test_dates_are_jalali_or_gregorian_days_months_years_and_minutes_of_tehran() -> None:
    day = read("from:1405/09/03")
    assert isinstance(day, Within)
    assert (day.since, day.until) == (datetime(2026, 11, 23, 20, 30, tzinfo=UTC), None)
    assert placeless(day) == placeless(read("از:۱۴۰۵-۰۹-۰۳")) == placeless(read("from:2026-11-24")) == placeless(read("from:امروز"))
    until = read("to:1405/9/3")
    assert isinstance(until, Within)
    assert until.until == datetime(2026, 11, 24, 20, 30, tzinfo=UTC)
    month, year = read("on:1405/12"), read("on:1405")
    assert isinstance(month, Within)
    assert isinstance(year, Within)
    assert month.since == datetime(2027, 2, 19, 20, 30, tzinfo=UTC)
    assert month.until == year.until == datetime(2027, 3, 20, 20, 30, tzinfo=UTC)
    minute = read('to:"۱۴۰۵/۰۹/۰۳ ۰۶:۳۰"')
    assert isinstance(minute, Within)
    assert minute.until == datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "place", "last_good"),
    [
        ("مترو از:1405/13/45 مشهد", 5, "مترو مشهد"),
        ("لحن:خوب", 0, ""),
        ("مترو topic:weather", 5, "مترو"),
        ("ش* مترو", 0, "مترو"),
        ("is:old has:nothing مترو", 0, "مترو"),
        ("to:1405/02/32", 0, ""),
        ("from:9999-01-01", 0, ""),
    ],
)
def test_a_real_mistake_has_a_place_a_persian_message_and_the_last_good_reading(text: str, place: int, last_good: str) -> None:
    with pytest.raises(BadQuery) as caught:
        read(text)
    assert caught.value.position == place
    assert caught.value.last_good == last_good
    assert any("\u0600" < char < "\u06ff" for char in caught.value.persian)
    assert "negative" not in caught.value.persian


@pytest.mark.parametrize(
    "text",
    [
        "شهردار مشهد: «مترو» تا پایان سال می‌رسد",
        "سخنگو: گفت:",
        "گزارش/ خبر: ۹۷-۱۴۰۰ (فاز ۲",
        'این "نقل باز است',
        "AND OR NOT",
        ") مترو (",
        "- مترو -",
        "/.*/ ^4 [a TO b] {x} \\",
        "a && b || !c",
        "لحن: تند",
        "۱۲:۳۰ بامداد",
        "+++---",
        "مترو~ ~2 *",
        "((((((((((((((((((((((((((((((((مترو))))))))))))))))))))))))))))))))",
        "NOT NOT NOT مترو",
        "tone:",
        "headline:",
        "tone:-negative مترو",
        "شهر" * 3000,
        "واژه " * 500,
    ],
)
def test_complaint_17_pasted_text_is_never_an_error(text: str) -> None:
    """Complaint row 17: quotes, parentheses and operators broken for years elsewhere."""
    parse_query(text, now=NOW)


PASTED = (
    *("شهردار", "مشهد:", "گزارش/", "از:تهران", "تا:پایان", "روز:شنبه", "گروه:خونی", "نه", "یا", "و", "AND", "OR", "NOT", "می‌رود", "«مترو»"),
    *(
        '"',
        "«",
        "»",
        "“",
        "”",
        "(",
        ")",
        "[۲]",
        "-",
        "–",
        "+",
        "/",
        "،",
        "؛",
        "؟!",
        "…",
        ":",
        "~",
        " *",
        "[۲]*",
        "^2",
        "\\",
        "&",
        "||",
        "%",
        "#قطار",
        "@",
    ),
    *(
        "https://toos.example/fa/news/12/متن",
        "www.toos.example",
        "info@toos.example",
        "۱۲:۳۰",
        "-۵",
        "۱۴۰۵/۹/۳",
        "۹۷-۱۴۰۰",
        "COVID-19",
        "😀",
    ),
)


@given(st.lists(st.sampled_from(PASTED), max_size=14), st.sampled_from((" ", "", "\n")))
@settings(max_examples=600, deadline=None)
def test_complaint_17_a_pasted_headline_is_never_refused(pieces: list[str], between: str) -> None:
    """Complaint row 17: Persian operators, mixed quotes, slashes, addresses, half-spaces and digits in any order."""
    parse_query(between.join(pieces), now=NOW)


def test_a_minus_before_a_small_number_is_a_number_and_before_a_word_or_year_a_negation() -> None:
    assert words(read("دمای -۵ درجه")) == ["دمای", "۵", "درجه"]
    for text in ("بودجه -۱۴۰۴", "بودجه -مترو", "بودجه −مترو"):
        root = read(text)
        assert isinstance(root, And)
        assert isinstance(root.parts[1], Not)


def test_a_value_may_end_a_sentence_and_several_may_stand_together() -> None:
    assert placeless(read("لحن:منفی؟")) == placeless(read("tone:negative"))
    assert placeless(read("لحن:منفی،خنثی")) == placeless(read("tone:منفی/خنثی")) == placeless(read("tone:(negative OR neutral)"))
    assert placeless(read("لحن شهر:منفی")) == placeless(read("city_tone:negative"))
    assert placeless(read("on:۳/۹/۱۴۰۵.")) == placeless(read("on:1405/9/3"))
    with pytest.raises(BadQuery):
        read("tone:منفی،بد")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("مترو نه اتوبوس", "-واژه"),
        ("لحن: منفی", "لحن:منفی"),
        ("از: ۱۴۰۵/۹/۱", "از:۱۴۰۵/۹/۱"),
        ("از:تهران", "واژه خوانده شد"),
        ("گروه:خونی", "واژه خوانده شد"),
    ],
)
def test_complaint_11_what_may_have_been_meant_otherwise_is_said(text: str, word: str) -> None:
    """Complaint row 11: a query that is read otherwise than it was meant must not be so silently."""
    assert any(word in note for note in parse_query(text, now=NOW).notes)


def test_an_unclosed_quotation_or_parenthesis_is_closed_and_said_so() -> None:
    assert any("گیومه" in note for note in parse_query('مترو "خط دو', now=NOW).notes)
    assert any("پرانتز" in note for note in parse_query("(مترو", now=NOW).notes)
    assert not parse_query("(مترو)", now=NOW).notes


def test_long_and_deep_searches_are_cut_and_said_so() -> None:
    assert any("بلند" in note for note in parse_query("واژه " * 500, now=NOW).notes)
    assert any("تودرتو" in note for note in parse_query("(" * 50 + "مترو" + ")" * 50, now=NOW).notes)
    assert any("فاصله" in note for note in parse_query('"مترو قطار"~900', now=NOW).notes)


def test_an_address_is_one_clause() -> None:
    root = read("https://www.toos.example/fa/news/123456/%D8%B4%D9%87%D8%B1?x=1#top")
    assert isinstance(root, Address)
    assert "toos.example#123456" in root.keys
    assert "toos.example/fa/news/123456/شهر" in root.keys


@given(TYPED | st.text(max_size=80))
@settings(max_examples=600, deadline=None)
def test_complaint_17_any_text_is_read_or_refused_and_its_last_good_reading_works(text: str) -> None:
    refused: BadQuery | None = None
    try:
        parse_query(text, now=NOW)
    except BadQuery as error:
        refused = error
    if refused:
        assert 0 <= refused.position <= len(text)
        parse_query(refused.last_good, now=NOW)


@given(TYPED)
@settings(max_examples=600, deadline=None)
def test_complaint_17_a_printed_query_reads_back_as_the_same(text: str) -> None:
    """Complaint row 17: the grammar round-trips (compounds that a word made with a left-out stop word are not printed)."""
    try:
        root = parse_query(text, now=NOW).root
    except BadQuery:
        return
    if isinstance(root, Nothing | Everything):
        return
    again = parse_query(printed(root), now=NOW).root
    assert placeless(again, own_terms=True) == placeless(root, own_terms=True)


def test_queries_are_combined_without_going_through_text() -> None:
    query = all_of(parse_query("مترو", now=NOW), in_field("outlet", "toos", "sobh"), EVERYTHING)
    assert isinstance(query.root, And)
    assert query.root.parts[1] == replace(query.root.parts[1], values=("toos", "sobh"))  # type: ignore[arg-type]
    assert within(EVERYTHING, None, None) == EVERYTHING
    assert all_of() == EVERYTHING
    assert placeless(read(query.text)) == placeless(query.root)


@pytest.mark.skipif(not SEED.exists(), reason="the seed article is not on this machine")
def test_the_seed_article_pasted_whole_is_a_search() -> None:
    text = next(SEED.glob("*.txt")).read_text("utf-8")
    assert parse_query(text, now=NOW).root != EVERYTHING.root
