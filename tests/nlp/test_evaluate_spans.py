import gzip
import json

import pytest

from core.errors import BadInput
from nlp.evaluate_spans import evaluate, match_quotes, score
from nlp.train.ner_data import documents
from tests.nlp.invented import ROOT, quotes_of

BODY = "شهردار نمونه‌شهر گفت: کار آغاز شد و تا پایان ماه ادامه دارد."


def _row(content, speaker="شهردار نمونه‌شهر"):
    return {"id": "x", "title": "", "text": BODY, "quotes": [{"content": content, "cue": "گفت", "speaker": speaker, "voice": "management"}]}


def test_a_quote_counts_when_four_fifths_of_it_overlap():
    assert len(match_quotes(_row("کار آغاز شد و تا پایان ماه ادامه دارد"), quotes_of(BODY))) == 1
    assert match_quotes(_row("کار آغاز شد"), quotes_of(BODY)) == []


def test_the_interval_holds_the_figure():
    figure = score("x", [(1, 1, 1), (0, 1, 1), (2, 2, 3)], [(0, 1, 1)] * 3)
    assert figure.low <= figure.f1 <= figure.high
    assert figure.f1 == pytest.approx(2 * 3 / 9, abs=1e-4)
    assert figure.floor == 0


def test_an_unknown_task_is_refused(tmp_path):
    with pytest.raises(BadInput):
        evaluate("weather", tmp_path, ROOT / "config")


def test_reprints_are_measured_on_pairs(tmp_path):
    folder = tmp_path / "reprints"
    folder.mkdir()
    texts = ["درختان بوستان نمونه امروز با کمک اهالی آبیاری شدند و نهال تازه کاشته شد"] * 2 + ["جشن کتاب در کتابخانه نمونه برپا شد"]
    with gzip.open(folder / "telegram_posts.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps({"i": number, "unix": 1_700_000_000, "text": text}) + "\n" for number, text in enumerate(texts))
    pairs = [
        {"pid": "a", "i": 0, "j": 1, "label": "reprint", "conf": "high", "jaccard4": 1.0},
        {"pid": "b", "i": 0, "j": 2, "label": "different", "conf": "high", "jaccard4": 0.0},
    ]
    (folder / "labelled_pairs_dev.jsonl").write_text("\n".join(map(json.dumps, pairs)), encoding="utf-8")
    (folder / "neardup_telegram_silver_pairs.csv").write_text("jaccard4,containment4,i,j\n1.0,1.0,0,1\n", encoding="utf-8")
    report = evaluate("reprints", tmp_path, ROOT / "config")
    assert report.scores[0].f1 == 1
    assert "all pairs" in report.text
    assert report.as_dict()["task"] == "reprints"


def test_documents_are_read_with_both_spellings_of_tags(tmp_path):
    lines = "#doc one\nشهر\tB_LOC\nنمونه ها\tI-LOC\n.\tO\n\nرضا\tB-PERO\n"
    with gzip.open(tmp_path / "nsurl_train_x.txt.gz", "wt", encoding="utf-8") as out:
        out.write(lines)
    ((name, sentences),) = documents(tmp_path)
    assert name.endswith("/one")
    assert sentences[0] == [("شهر", "B-LOC"), ("نمونه", "I-LOC"), ("ها", "I-LOC"), (".", "O")]
    assert sentences[1] == [("رضا", "O")]
