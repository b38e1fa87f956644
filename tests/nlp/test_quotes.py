import pytest

from tests.nlp.invented import SEED_ARTICLE, quotes_of


def _said(body, headline=""):
    return [(quote.content, quote.cue, quote.speaker) for quote in quotes_of(body, headline)]


def test_words_behind_a_colon_go_on_until_the_next_cue():
    body = "حسن نمونه‌زاده، مدیر بوستان نمونه گفت: درختان آبیاری شدند. چراغ‌ها نیز روشن است. وی افزود: کار ادامه دارد."
    assert _said(body) == [
        ("درختان آبیاری شدند. چراغ‌ها نیز روشن است.", "گفت", "حسن نمونه‌زاده"),
        ("کار ادامه دارد.", "افزود", "حسن نمونه‌زاده"),
    ]


@pytest.mark.parametrize(
    ("body", "content", "cue"),
    [
        ("شهردار نمونه‌شهر با بیان اینکه بودجه کم است، گفت: صرفه‌جویی می‌کنیم.", "بودجه کم است", "با بیان اینکه"),
        ("شهردار نمونه‌شهر از آغاز ساخت پل نمونه خبر داد.", "آغاز ساخت پل نمونه", "خبر داد"),
        ("شهردار نمونه‌شهر خواستار همکاری همه ادارات شد.", "همکاری همه ادارات", "خواستار"),
        ("شهردار نمونه‌شهر اعلام کرد که بوستان نمونه فردا باز می‌شود.", "بوستان نمونه فردا باز می‌شود.", "اعلام کرد"),
        ("به گفته شهردار نمونه‌شهر، بوستان نمونه فردا باز می‌شود.", "بوستان نمونه فردا باز می‌شود.", "به گفته"),
    ],
)
def test_reported_words_are_found_with_their_cue(body, content, cue):
    found = {quote.content: quote for quote in quotes_of(body)}
    assert found[content].cue == cue
    assert not found[content].direct
    assert found[content].speaker == "شهردار نمونه‌شهر"


def test_quotation_marks_end_a_statement():
    quote = quotes_of("شهردار نمونه‌شهر گفت: «کار را تمام می‌کنیم.» سپس به بوستان رفت.")[0]
    assert quote.content == "«کار را تمام می‌کنیم.»"
    assert quote.direct


def test_an_agencys_credit_is_no_statement():
    assert quotes_of("به گزارش ایسنا، بوستان نمونه امروز باز شد.") == []


@pytest.mark.parametrize("mention", ["وی", "او", "این مسئول", "نمونه‌زاده", "شهردار نمونه‌شهر", "شهردار"])
def test_every_way_of_naming_the_speaker_means_the_full_name(mention):
    body = f"رضا نمونه‌زاده شهردار نمونه‌شهر گفت: کار آغاز شد.\n{mention} افزود: کار پایان می‌یابد."
    assert [quote.speaker for quote in quotes_of(body)] == ["رضا نمونه‌زاده"] * 2


def test_a_dropped_subject_is_the_last_speaker():
    quotes = quotes_of("رضا نمونه‌زاده شهردار نمونه‌شهر از بوستان بازدید کرد و گفت: خوب است.\nدر ادامه گفت: کار مانده است.")
    assert [quote.speaker for quote in quotes] == ["رضا نمونه‌زاده"] * 2
    assert quotes[1].mention == ""


def test_a_title_comes_first_and_the_name_later():
    quotes = quotes_of("فرماندار نمونه‌شهر گفت: راه باز است.\nکریم نمونه‌پور افزود: برف آمد.\nوی گفت: راه بسته نشد.")
    assert [quote.speaker for quote in quotes] == ["کریم نمونه‌پور"] * 3
    assert {quote.role for quote in quotes} == {"فرماندار نمونه‌شهر"}


def test_also_announces_another_speaker():
    quotes = quotes_of("رضا نمونه‌زاده شهردار نمونه‌شهر گفت: کار آغاز شد.\nفرماندار نمونه‌شهر نیز گفت: راه باز است.")
    assert [quote.speaker for quote in quotes] == ["رضا نمونه‌زاده", "فرماندار نمونه‌شهر"]


@pytest.mark.parametrize(
    ("who", "voice"),
    [
        ("شهردار نمونه‌شهر", "management"),
        ("معاون فنی شهرداری نمونه‌شهر", "management"),
        ("عضو شورای شهر نمونه‌شهر", "council"),
        ("فرماندار نمونه‌شهر", "government"),
        ("نماینده مردم نمونه‌شهر در مجلس شورای اسلامی", "government"),
        ("یکی از شهروندان", "citizen"),
        ("کارشناس ترافیک", "expert"),
        ("سرمربی تیم شهرداری نمونه‌شهر", "expert"),
        ("مدیرعامل شرکت نمونه", "organisation"),
    ],
)
def test_the_role_says_whose_voice_speaks(who, voice):
    assert [quote.voice for quote in quotes_of(f"{who} گفت: کار آغاز شد.")] == [voice]


def test_a_headline_that_quotes_lies_in_the_headline():
    quotes = quotes_of("شهردار نمونه‌شهر گفت: بوستان باز شد.", "شهردار نمونه‌شهر: بوستان باز شد")
    assert [quote.span.field for quote in quotes] == ["headline", "body"]
    assert quotes[0].content == "بوستان باز شد"


def test_offsets_count_code_points_of_the_body_as_given():
    body = "😀 شهردارِ  نمونه‌شهر گفت: كار آغاز شد.\u200f"
    quote = quotes_of(body)[0]
    assert body[quote.span.start : quote.span.end] == quote.content == "كار آغاز شد."


@pytest.mark.skipif(not SEED_ARTICLE.is_file(), reason="the shared seed article is not here")
def test_the_seed_article_has_twelve_statements_of_the_mayor():
    quotes = quotes_of(SEED_ARTICLE.read_text(encoding="utf-8"))
    assert sum(quote.direct for quote in quotes) == 12
    assert {quote.speaker for quote in quotes} == {"محمدرضا کلائی"}
    assert {quote.role for quote in quotes} == {"شهردار مشهد"}
    assert {quote.speaker_id for quote in quotes} == {"mohammadreza-kalaei"}
    assert {quote.voice for quote in quotes} == {"management"}
