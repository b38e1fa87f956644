import time

import pytest

from nlp.annotate import Text
from tests.nlp.invented import annotator

SIZE = 2_000_000
HOSTILE = {
    "empty": "",
    "blanks": " \n\t ",
    "one word": "شهردار ",
    "one letter": "ا",
    "digits": "12345 ",
    "one number a line": "۱۲\n",
    "mixed scripts": "شهر city 城市 город 🏙 ",
    "broken surrogates": "\ud800گفت: \udfff",
    "right to left overrides": "\u202eشهردار\u202c گفت: ",
    "half-spaces": "\u200c",
    "marks nobody sees": "\u064e\u200f",
    "quotation marks": "«",
    "colons": "گفت: ",
    "cues": "با بیان اینکه ",
    "objects": "از کار را به بر ",
    "commas": "، ",
    "names": "محمدرضا کلائی، شهردار مشهد ",
    "no line end": "شهردار مشهد گفت کار آغاز شد و ",
    "demands": "اهالی خواستار رسیدگی ",
    "one source": "به گفته شهردار مشهد ",
    "credits": "به گزارش ",
}


def _seconds(body):
    began = time.perf_counter()
    annotator(0.9).annotate([Text(body[:300], body)])
    return time.perf_counter() - began


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_time_linear_in_its_length(name):
    """Twice the text may take twice the time, not four times."""
    unit = HOSTILE[name]
    if not unit.strip():
        annotator().annotate([Text(unit, unit)])
        return
    small, large = (min(_seconds(unit * (size // len(unit))) for _ in range(2)) for size in (15_000, 60_000))
    assert large < 4 * small * 2 + 0.5


@pytest.mark.soak
@pytest.mark.parametrize("name", ["one word", "digits", "cues", "objects"])
def test_two_megabytes_end_within_a_minute(name):
    unit = HOSTILE[name]
    assert _seconds(unit * (SIZE // len(unit))) < 60


@pytest.mark.parametrize("name", HOSTILE)
def test_every_span_lies_in_its_field(name):
    body = f"رضا نمونه‌زاده گفت: کار شد. {HOSTILE[name] * 50} اهالی نمونه خواستار آب شدند."
    text = Text(f"شهردار مشهد: {HOSTILE[name]}کار شد", body)
    (found,) = annotator(0.9).annotate([text])
    fields = {"body": text.body, "headline": text.headline}
    for mention in found.entities:
        assert fields[mention.span.field][mention.span.start : mention.span.end] == mention.text != ""
    for quote in found.quotes:
        assert fields[quote.span.field][quote.span.start : quote.span.end] == quote.content
    for demand in found.demands:
        assert body[demand.span.start : demand.span.end] == demand.text


def test_annotations_carry_the_version_and_keep_the_order():
    texts = [Text("", f"متن شماره {number} است و شهرداری مشهد در آن نامیده شد.") for number in range(5)]
    found = annotator().annotate(texts)
    assert {one.nlp_version for one in found} == {annotator().version}
    assert [one.fingerprint for one in found] == [annotator().annotate([text])[0].fingerprint for text in texts]


def test_nothing_is_annotated_of_nothing():
    assert annotator().annotate([]) == []
