"""The linear half's second look, and labels whose texts lie in an archive. Texts are invented."""

import gzip
import json
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from nlp.linear import LinearModel
from nlp.second_look import NO_CUE, Heard, SecondLook, city_features, listen
from nlp.train.extra import PASSAGE, ROUND_3, cut, excerpt, extra_texts
from nlp.train.rows import invented_rows, key_of, parts, read_split
from nlp.train.soft import Known, choose


def test_only_sentences_that_name_a_citys_management_are_heard_again() -> None:
    heard = listen("باران آمد. شهرداري برف را روبید. مدرسه‌ها باز شد. شورای اسلامی شهر جلسه داشت.")
    assert heard.named == "شهرداری برف را روبید. . شورای اسلامی شهر جلسه داشت."


def test_a_demand_sounds_stronger_than_a_notice() -> None:
    notice = "نشست هفتگی برگزار شد."
    assert listen(f"{notice} اهالی خواستار رسیدگی به کمبود آب شدند.").cue > listen(notice).cue + 2
    assert listen("").cue == NO_CUE


def test_a_text_without_such_a_sentence_has_no_second_hearing() -> None:
    linear = LinearModel.load(Path(__file__).resolve().parents[2] / "nlp/model/linear.npz")
    logits = linear.logits(["باران آمد."])
    features = city_features(logits, [Heard("", NO_CUE)], linear)
    assert features.shape == (1, 12)
    assert not features[0, 4:9].any()


def test_the_second_look_leaves_tone_and_topics_alone() -> None:
    linear = LinearModel.load(Path(__file__).resolve().parents[2] / "nlp/model/linear.npz")
    look = SecondLook(np.ones((4, 12), np.float32), np.zeros(4, np.float32), np.ones((1, 2), np.float32), np.zeros(1, np.float32))
    texts = ["شهرداری خیابان را آسفالت کرد.", ""]
    before, after = linear.logits(texts), look.logits(texts, linear)
    assert np.array_equal(before[:, :3], after[:, :3])
    assert np.array_equal(before[:, 7:-1], after[:, 7:-1])
    assert after[0, -1] == pytest.approx(before[0, -1] + listen(texts[0]).cue)


def test_listening_takes_bounded_time() -> None:
    began = time.perf_counter()
    listen("شهرداری " * 250_000)
    listen("." * 2_000_000)
    assert time.perf_counter() - began < 5


def test_an_excerpt_ends_with_a_sentence_or_a_word() -> None:
    assert cut("یک دو سه. چهار پنج شش هفت", 14) == "یک دو سه."
    assert cut("یک دو سه چهار پنج", 11) == "یک دو سه"
    assert cut("یک.", 11) == "یک."


def test_a_passage_is_found_again_by_its_place() -> None:
    raw = {"title": "تیتر", "text": "جملهٔ نخست. " * 200 + "شهرداری پل را گشود. " + "جملهٔ دیگر. " * 200}
    whole = f"تیتر {raw['text']}"
    passage = excerpt(raw, at=whole.index("شهرداری"))
    assert passage.startswith("تیتر — شهرداری پل را گشود.")
    assert len(passage) <= PASSAGE + len("تیتر — ")


def test_the_readers_of_round_3_saw_a_shorter_text() -> None:
    raw = {"title": "تیتر", "text": "جملهٔ نخست. " * 200}
    assert len(excerpt(raw, most=ROUND_3)) <= ROUND_3 + len(" — ")
    assert len(excerpt(raw, at=300, most=ROUND_3)) <= ROUND_3 + len(" — ")
    assert excerpt(raw).startswith(excerpt(raw, most=ROUND_3))


def test_kept_labels_find_their_texts_in_the_archive_and_join_training_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raws = [{"source": "a", "id": n, "title": f"تیتر {n}", "text": f"متن شمارهٔ {n} دربارهٔ پل"} for n in range(3)]
    for name, rows in {"text/news_raw": raws, **dict.fromkeys(_TONE_FILES, ())}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt", encoding="utf-8") as out:
            out.writelines(json.dumps(row) + "\n" for row in rows)
    label = {"at": None, "tone": "neutral", "city": "none", "topics": ["roads"], "demand": False, "conf": "high", "round": 1}
    keys = [key_of(excerpt(raws[0])), "0" * 16]
    lines = [json.dumps({"key": key, "source": "a", "id": str(number)} | label) for number, key in enumerate(keys)]
    (tmp_path / "labels.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert [one["text"] for one in extra_texts(tmp_path, tmp_path / "labels.jsonl")] == [excerpt(raws[0]), excerpt(raws[1])]
    monkeypatch.setattr("nlp.train.rows.extra_texts", lambda folder: extra_texts(folder, tmp_path / "labels.jsonl"))
    found = parts(tmp_path)
    invented = {row.key for row in invented_rows()}
    assert [row.key for row in found["train"] if row.key not in invented] == keys[
        :1
    ]  # the other label names another text than the archive holds now
    assert not found["tune"]
    assert not found["dev"]


_TONE_FILES = ("tone/news_tone_human", "tone/city_news_labels", "tone/general_news_labels", "tone/fresh_city_labels")


def test_the_kept_labels_name_no_text_of_tune_or_dev_and_hold_no_text() -> None:
    split = read_split()
    lines = (Path(__file__).resolve().parents[2] / "nlp/train/extra_labels.jsonl").read_text(encoding="utf-8").splitlines()
    labels = [json.loads(line) for line in lines]
    assert len(labels) == len({label["key"] for label in labels}) == 7452
    assert Counter(label["round"] for label in labels) == {1: 479, 2: 409, 3: 6564}
    assert all(split.get(label["key"], "train") == "train" for label in labels)
    assert {name for label in labels for name in label} == {
        "key", "source", "id", "at", "tone", "city", "topics", "demand", "conf", "round",
    }  # fmt: skip


def test_near_duplicates_of_labelled_texts_are_known() -> None:
    words = [f"واژه{number}" for number in range(60)]
    known = Known([" ".join(words)])
    assert known.is_near(" ".join(["پیش‌درآمد", *words[10:50]]))
    assert not known.is_near(" ".join(f"دیگر{number}" for number in range(60)))


def test_half_of_the_texts_to_be_labelled_are_the_telling_ones() -> None:
    logits = np.zeros((10, 27), np.float32)
    logits[:, 6] = 9  # none of them is about a city …
    logits[7, 6] = 0  # … but one
    logits[:, 26] = -9
    chosen = choose([f"متن {number}" for number in range(10)], logits, 2)
    assert chosen[0] == 7
    assert len(set(chosen)) == 2
