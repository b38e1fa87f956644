import pytest

from nlp.demand_askers import asker_of, asks_people
from nlp.demand_cues import demand_score
from nlp.demands import find_demands
from nlp.mention_tones import SentenceLabels
from tests.nlp.invented import StandInLabeller, quotes_of, rules_only

PLAIN = "نمایشگاه کتاب نمونه با حضور ناشران آغاز به کار کرد و تا پایان هفته برپاست."


def _demands(body, probability=0.6):
    part = rules_only().read("body", body)
    return find_demands(part, quotes_of(body), probability, SentenceLabels(part, StandInLabeller().logits))


def test_the_sentence_that_asks_is_found_with_who_asks():
    body = f"{PLAIN} اهالی گلستان خواستار رسیدگی مسئولان به مشکل آب شدند."
    demand = _demands(body)[0]
    assert demand.text == "مشکل آب" or "خواستار رسیدگی" in demand.text
    assert body[demand.span.start : demand.span.end] == demand.text
    assert demand.asker == "اهالی گلستان"


def test_plain_news_voices_no_demand():
    assert _demands(PLAIN, 0.02) == []


def test_the_models_doubt_outweighs_words_alone():
    assert _demands("درخواست پرداخت وام بررسی شد.", 0.001) == []


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("شهروندان از کمبود اتوبوس گلایه کردند.", "شهردار از افتتاح پل خبر داد."),
        ("چرا هنوز مسئولان به مشکل ما رسیدگی نکرده‌اند؟", "جشن نوروز برگزار شد."),
    ],
)
def test_words_of_asking_and_complaining_count(more, less):
    assert demand_score(more.replace("ئ", "ی")) > demand_score(less) + 1


def test_the_asker_is_the_speaker_where_nobody_else_is_named():
    body = "رضا نمونه‌زاده گفت: از مسئولان تقاضا داریم که به این وضع رسیدگی کنند."
    demand = _demands(body)[0]
    assert demand.asker == "رضا نمونه‌زاده"
    assert demand.text == "از مسئولان تقاضا داریم که به این وضع رسیدگی کنند."


def test_at_most_six_demands():
    assert len(_demands("اهالی خواستار رسیدگی شدند. " * 50)) == 6


def test_a_request_of_an_official_to_the_people_is_told_from_theirs():
    assert asks_people("از شهروندان خواست در مصرف آب صرفه جویی کنند")
    assert not asks_people("شهروندان خواستند آب وصل شود")


@pytest.mark.parametrize(
    ("sentence", "asker"),
    [
        ("اهالی گلستان خواستار رسیدگی شدند.", "اهالی گلستان"),
        ("مردم به این وضع معترض هستند.", "مردم"),
        ("جمعی از رانندگان تاکسی از کمبود سوخت گلایه دارند.", "جمعی از رانندگان تاکسی"),
    ],
)
def test_the_group_that_asks_is_named_without_the_words_behind_it(sentence, asker):
    assert asker_of(sentence, None) == asker


def test_people_who_are_only_spoken_of_do_not_ask():
    body = "رضا نمونه‌زاده گفت: دولت باید برای آرامش مردم بودجه این پل را بدهد."
    assert asker_of(body, quotes_of(body)[0]) == "رضا نمونه‌زاده"
