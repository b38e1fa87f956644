"""Tokenizer and network without PyTorch: windows, batches, labels of foreign checkpoints, start-up."""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from core.errors import SettingError
from nlp.labels import PLACES, Labeller
from nlp.linear import LinearModel, count
from nlp.text import Text
from nlp.weights import MODEL, Encoder, find_checkpoint, tone_of_labels
from nlp.windows import LONG, MOST_WINDOWS, condensed, fold, joined, thinned, windows

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(MODEL, 160, 0.5)


def test_folding_unifies_letters_digits_and_half_spaces() -> None:
    assert fold("كتاب\u200cهاي ۱۲٣\u064e\u200f") == "کتاب های 123"
    assert fold("\ud800") == ""


def test_headline_and_body_are_joined_as_in_training() -> None:
    assert joined(" تیتر ", "متن") == "تیتر — متن"
    assert joined("", "متن ") == "متن"
    assert joined("", "") == ""


@pytest.mark.parametrize(("length", "size"), [(0, 10), (1, 10), (10, 10), (11, 10), (25, 10), (299, 100), (319, 10)])
def test_windows_cover_every_piece_once(length: int, size: int) -> None:
    cut = windows(range(length), size)
    assert [piece for window in cut for piece in window] == list(range(length))
    assert all(len(window) <= size for window in cut)
    assert max(map(len, cut)) - min(map(len, cut)) <= 1


def test_a_huge_text_is_read_at_spread_places_from_beginning_to_end() -> None:
    text = "".join(f"{number:07d} " for number in range(200_000))
    short = thinned(text)
    assert len(short) < 40_000
    assert short.startswith("0000000")
    assert short.endswith("0199999 ")
    assert len(windows(range(10**6), 158)) == MOST_WINDOWS


def test_logits_do_not_depend_on_the_batch(encoder: Encoder) -> None:
    texts = ["شهرداری خیابان را آسفالت کرد.", "", "تیم فوتبال شهر در دیدار خانگی پیروز شد. " * 60, "باران"]
    together = encoder.logits(texts)
    alone = np.concatenate([encoder.logits([text]) for text in texts])
    assert together.shape == (4, PLACES["demand"].stop)
    # int8 products take their scale from all that is computed together: a text's labels must not hang on its neighbours.
    assert np.array_equal(together, alone)


def test_a_long_text_is_the_weighted_mean_of_its_windows(encoder: Encoder) -> None:
    """The last paragraph of a long article counts: an article of two halves lies between the halves."""
    good = "جشن بزرگ افتتاح بوستان تازه با استقبال گرم شهروندان برگزار شد. " * 14
    bad = "در آتش‌سوزی انبار سه نفر جان باختند و چند نفر زخمی شدند. " * 14
    tone = encoder.logits([good, bad, good + bad])[:, PLACES["tone"]]
    favour = tone[:, 2] - tone[:, 0]
    assert favour[1] < favour[2] < favour[0]


def test_labelling_needs_no_pytorch_and_loads_quickly() -> None:
    program = (
        "import sys, time; began = time.perf_counter(); from nlp.labels import Labeller; from nlp.text import Text;"
        "model = Labeller.load(); loaded = time.perf_counter() - began;"
        "assert 'transformers' not in sys.modules and 'onnxruntime' not in sys.modules;"
        "model.label([Text('', 'x')]); assert 'torch' not in sys.modules; print(loaded)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 2
    assert done.stderr == ""


def test_the_bundled_files_stay_small_and_name_no_machine() -> None:
    assert sum(path.stat().st_size for path in MODEL.iterdir()) <= 60_000_000
    for path in MODEL.glob("*.json"):
        assert "/work" not in path.read_text(encoding="utf-8")


def test_the_linear_arrays_survive_writing_and_reading(tmp_path: Path) -> None:
    model = Labeller.load().linear
    model.save(tmp_path / "copy.npz")
    texts = ["شهرداری مشهد", "نرخ ارز بالا رفت"]
    assert np.array_equal(LinearModel.load(tmp_path / "copy.npz").logits(texts), model.logits(texts))


def test_character_runs_do_not_cross_words() -> None:
    """«اب جد» has the runs of its words with their blanks, none with both words' letters; each text counts the same twice."""
    apart, together = count("اب جد"), count("ابجد")
    assert len(np.intersect1d(apart.buckets, together.buckets)) == len({" ا", " اب", "اب", "جد", "جد ", "د "})
    assert (count("اب جد").buckets == apart.buckets).all()


def test_labels_of_a_foreign_checkpoint_are_understood_by_name() -> None:
    assert tone_of_labels({0: "NEGATIVE", 1: "Neutral", 2: "pos"}) == ["negative", "neutral", "positive"]
    assert tone_of_labels({1: "مثبت", 0: "منفی"}) == ["negative", "positive"]


def test_labels_of_a_foreign_checkpoint_can_be_named_in_the_settings() -> None:
    names = {0: "LABEL_0", 1: "LABEL_1"}
    assert tone_of_labels(names, "LABEL_0=positive, LABEL_1=negative") == ["positive", "negative"]
    assert tone_of_labels(names, "0=positive,1=neutral") == ["positive", "neutral"]


def test_a_label_that_means_no_tone_is_refused_by_name() -> None:
    with pytest.raises(SettingError, match=r"RASAD_TONE_LABELS.*LABEL_1"):
        tone_of_labels({0: "LABEL_0", 1: "LABEL_1"}, "LABEL_0=negative")


def test_a_folder_without_an_exported_network_says_how_to_make_one(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"id2label": {}}))
    with pytest.raises(SettingError, match="rasad model export"):
        find_checkpoint(str(tmp_path))


def test_time_grows_linearly_with_the_length(encoder: Encoder) -> None:
    linear = Labeller.load().linear
    unit = "شهرداری برای نوسازی ناوگان اتوبوس‌رانی قراردادی بست. "
    seconds = []
    for size in (50_000, 200_000, 800_000):
        text = unit * (size // len(unit))
        began = time.perf_counter()
        linear.logits([text])
        encoder.logits([text])
        seconds.append(time.perf_counter() - began)
    # Sixteen times the text: far under sixteen squared, with room for a busy machine.
    assert seconds[2] < 60 * seconds[0] + 5


def test_a_long_text_keeps_its_beginning_and_its_most_telling_sentences_in_order() -> None:
    parts = [f"جملهٔ شمارهٔ {number} دربارهٔ چیزی است که گفته شد." for number in range(200)]
    text = " ".join(parts)
    places = [(text.index(part), text.index(part) + len(part)) for part in parts]
    strength = [2.0 if number in (120, 199) else 1.0 if number == 60 else 0.0 for number in range(200)]
    short = condensed(text, places, strength)
    assert len(short) <= LONG + 20
    assert short.startswith(parts[0])
    assert short.index(parts[60]) < short.index(parts[120]) < short.index(parts[199])
    assert condensed("کوتاه", [], []) == "کوتاه"


def test_the_end_of_a_long_article_reaches_both_halves() -> None:
    """Fifty plain paragraphs and a grave last one: the last one moves the tone."""
    plain = "نشست ماهانهٔ انجمن ساعت ده صبح روز شنبه در سالن اصلی برگزار می‌شود. " * 50
    grave = "در این حادثهٔ مرگبار ده نفر کشته و بیست نفر زخمی شدند و ساختمان فرو ریخت. " * 3
    without, with_it = Labeller.load().label([Text("", plain), Text("", plain + grave)])
    assert with_it.tone.probabilities["negative"] > 5 * without.tone.probabilities["negative"]
