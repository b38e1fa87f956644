"""Tone and tone toward the city: shaping, evidence, plain cases, hostile text, the seed article. All texts here are invented."""

import time
from pathlib import Path

import numpy as np
import pytest

from core.records import CITY_TONES, TONES, TOPICS, Span
from nlp.labels import Labeller
from nlp.text import Text
from nlp.tone import Blend, evidence, softmax, tone_label

SEED = Path(__file__).resolve().parents[2].parent / "shared/data/seed/000_0e3252890e492f4f.txt"
SAMPLES = {
    "accident": Text(
        "سقوط تاور در کارگاه ساختمانی", "بر اثر سقوط تاور دو کارگر جان باختند و سه نفر به شدت زخمی شدند. علت حادثه در دست بررسی است."
    ),
    "opening": Text(
        "بوستان نمونه افتتاح شد",
        "با افتتاح این بوستان زیبا و استقبال گسترده مردم، آرزوی چندسالهٔ اهالی برآورده شد. شهروندان از شهرداری قدردانی کردند.",
    ),
    "complaint": Text(
        "گلایهٔ اهالی از شهرداری",
        "ساکنان محله از بی‌توجهی شهرداری به خرابی آسفالت و انباشت زباله گلایه دارند. آنان می‌گویند شهرداری به درخواست‌ها پاسخ نمی‌دهد.",
    ),
    "notice": Text("جلسهٔ ماهانه", "نشست ماهانهٔ انجمن ساعت ده صبح روز شنبه برگزار می‌شود."),
}


@pytest.fixture(scope="module")
def labeller() -> Labeller:
    return Labeller.load()


def test_probabilities_sum_to_one_and_the_label_is_the_most_probable() -> None:
    label = tone_label(np.array([0.33335, 0.33331, 0.33334], np.float32), TONES, 0.5)
    assert label.label == "negative"
    assert sum(label.probabilities.values()) == pytest.approx(1, abs=1e-9)
    assert label.confidence == label.probabilities["negative"]


@pytest.mark.parametrize(("top", "unsure"), [(0.49, True), (0.51, False)])
def test_below_the_threshold_a_label_is_unsure(top: float, unsure: bool) -> None:
    assert tone_label(np.array([top, 0.7 - top, 0.3], np.float32), TONES, 0.5).unsure is unsure


def test_a_blend_without_an_encoder_is_the_linear_half() -> None:
    blend = Blend(2.0, 3.0, (0.5, 0.0))
    linear, encoder = np.array([[1.0, 2.0]], np.float32), np.array([[10.0, 20.0]], np.float32)
    assert blend.logits(linear, None).tolist() == [[2.5, 4.0]]
    assert blend.logits(linear, encoder).tolist() == [[32.5, 64.0]]


def test_softmax_bears_huge_logits() -> None:
    assert softmax(np.array([[1e4, 0.0], [-1e4, 0.0]], np.float32)).tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_evidence_is_the_strongest_sentence_and_a_second_only_if_near() -> None:
    places = [Span(0, 5), Span(6, 9), Span(10, 15)]
    shares = np.array([[0.0, 1.0], [3.0, 0.0], [2.0, 0.0]], np.float32)
    assert evidence(shares, 0, places) == (Span(6, 9), Span(10, 15))
    assert evidence(shares, 1, places) == (Span(0, 5),)
    assert evidence(shares[:0], 0, []) == ()


@pytest.mark.parametrize(("name", "tone"), [("accident", "negative"), ("opening", "positive"), ("complaint", "negative")])
def test_plain_cases_have_the_tone_that_every_reader_gives_them(labeller: Labeller, name: str, tone: str) -> None:
    assert labeller.label([SAMPLES[name]])[0].tone.label == tone


def test_a_complaint_against_the_municipality_is_negative_toward_the_city(labeller: Labeller) -> None:
    assert labeller.label([SAMPLES["complaint"]])[0].city_tone.label == "negative"


def test_an_accident_elsewhere_says_nothing_of_the_city(labeller: Labeller) -> None:
    said = labeller.label([SAMPLES["accident"]])[0].city_tone
    assert said.label == "none"
    assert said.evidence == ()


def test_a_complaint_is_a_likelier_demand_than_a_notice(labeller: Labeller) -> None:
    complaint, notice = labeller.label([SAMPLES["complaint"], SAMPLES["notice"]])
    assert complaint.demand > labeller.demand_threshold > notice.demand


def test_evidence_points_at_whole_sentences_of_the_text_as_given(labeller: Labeller) -> None:
    for text in SAMPLES.values():
        said = labeller.label([text])[0]
        assert 1 <= len(said.tone.evidence) <= 2
        for span in said.tone.evidence:
            held = text.headline if span.field == "headline" else text.body
            sentence = held[span.start : span.end]
            assert sentence == sentence.strip()
            assert span.field == "headline" or sentence.endswith(".")


def test_each_text_is_labelled_on_its_own_and_in_order(labeller: Labeller) -> None:
    texts = list(SAMPLES.values())
    together = labeller.label(texts * 3)
    assert [said.tone.label for said in together] == [labeller.label([text])[0].tone.label for text in texts] * 3
    assert labeller.label([]) == []


HOSTILE = {
    "empty": "",
    "blank": " \u200c\n\t ",
    "digits": "۱۲۳ 456 " * 2000,
    "one word": "شهر " * 50_000,
    "one endless word": "ا" * 200_000,
    "broken Unicode": "متن \ud800\udfff\x00\ufffe شکسته",
    "right-to-left overrides": "\u202e\u2066شهر\u2069\u202c" * 500,
    "mixed scripts": "شهر city 城市 город 🏙️ " * 500,
    "no sentence end": "شهرداری مشهد " * 5000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_gets_a_result(labeller: Labeller, name: str) -> None:
    said = labeller.label([Text("", HOSTILE[name]), Text(HOSTILE[name], "")])
    for labels in said:
        assert labels.tone.label in TONES
        assert labels.city_tone.label in CITY_TONES
        assert labels.topics[0].id in TOPICS
        assert 0 <= labels.demand <= 1


def test_two_megabytes_are_labelled_in_seconds(labeller: Labeller) -> None:
    body = "شهرداری برای نوسازی ناوگان اتوبوس‌رانی قراردادی بست. " * 20_000
    assert len(body.encode()) > 1_900_000
    began = time.perf_counter()
    labeller.label([Text("", body)])
    assert time.perf_counter() - began < 30


@pytest.mark.skipif(not SEED.exists(), reason="the seed article is not beside this checkout")
def test_the_seed_article_is_not_negative_and_about_culture_or_society(labeller: Labeller) -> None:
    said = labeller.label([Text("", SEED.read_text(encoding="utf-8"))])[0]
    assert said.tone.label != "negative"
    assert said.city_tone.label != "negative"
    assert {"culture", "social"} & {topic.id for topic in said.topics}
