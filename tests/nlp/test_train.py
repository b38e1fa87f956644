"""How the model is made: the split, a checkpoint exported and used, a run that resumes (marked train: PyTorch). Texts are invented."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.errors import BadInput, Unavailable
from core.settings import Settings
from nlp.evaluate import bootstrap, calibration_error, evaluate, label_f1, macro_f1, micro_f1
from nlp.labels import Labeller
from nlp.text import Text
from nlp.train.export import export
from nlp.train.rows import Row, key_of, make_split, read_rows, read_split

ROOT = Path(__file__).resolve().parents[2]
NO_TORCH = "needs PyTorch: pip install 'rasad[train]'"
TONE_WORDS = ("بد", "است", "خوب")  # negative, neutral, positive
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "خوب", "بد", "شهر", "خبر", "است", "##ی", "."]


def _row(text: str) -> Row:
    return Row(key_of(text), "city_news", text, (0.0, 1.0, 0.0), 1, 3, (0,), 0)


def test_near_duplicates_stand_on_one_side_of_the_split() -> None:
    words = [f"واژه{number}" for number in range(60)]
    rows = [_row(" ".join([f"نسخه{copy}", *words])) for copy in range(40)] + [
        _row(f"متن دیگر شمارهٔ {n} دربارهٔ چیز {n * n}") for n in range(300)
    ]
    split = make_split(rows)
    assert len({split[row.key] for row in rows[:40]}) == 1
    assert {split[row.key] for row in rows[40:]} == {"train", "tune", "dev"}


def test_the_split_files_name_each_text_once_and_hold_no_text() -> None:
    split = read_split()
    lines = [line for part in ("train", "tune", "dev") for line in (ROOT / f"nlp/train/split/{part}.txt").read_text().split()]
    assert len(lines) == len(split) == 5591
    assert all(len(line) == 16 and set(line) <= set("0123456789abcdef") for line in lines)


def test_a_text_keeps_its_name_whatever_its_letters_and_blanks() -> None:
    assert key_of("كتاب\u200cهاي  ۱۲\n") == key_of("کتاب های 12")


def test_the_measures_agree_with_counting_by_hand() -> None:
    truth, said = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 1, 1, 0])
    assert macro_f1(truth, said) == pytest.approx((2 / 4 + 4 / 5 + 0) / 3)
    marks, ours = np.array([[1, 0], [1, 1]]), np.array([[1, 1], [0, 1]])
    assert micro_f1(marks, ours) == pytest.approx(4 / 6)
    assert label_f1(marks, ours) == pytest.approx((2 / 3 + 2 / 3) / 2)
    assert micro_f1(np.zeros((2, 1), int), np.zeros((2, 1), int)) == 0
    shares = np.array([[0.95, 0.05], [0.95, 0.05], [0.35, 0.65]])
    assert calibration_error(shares, np.array([0, 1, 1])) == pytest.approx(0.45 * 2 / 3 + 0.35 / 3)


def test_the_interval_of_the_difference_is_paired() -> None:
    right = np.arange(400) % 4 > 0
    score = bootstrap(("all", "share"), lambda truth, said: float((truth == said).mean()), (right, np.ones(400, bool), np.zeros(400, bool)))
    assert score.gain[0] == pytest.approx(0.5)
    same = bootstrap(("all", "share"), macro_f1, (right, ~right, ~right))
    assert same.gain == (0.0, 0.0, 0.0)
    assert score.ours[1] < score.ours[0] < score.ours[2]


def test_an_unknown_task_is_refused() -> None:
    with pytest.raises(BadInput, match="tone, city, topics, demands"):
        evaluate("mood", ROOT, Labeller.load())


def test_exporting_without_pytorch_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(Unavailable, match=r"\[train\]"):
        export("anything", tmp_path)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny sequence-classification checkpoint with random weights, labels in an order of its own."""
    torch = pytest.importorskip("torch", reason=NO_TORCH)
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder = tmp_path_factory.mktemp("checkpoint")
    (folder / "vocab.txt").write_text("\n".join(WORDS) + "\n", encoding="utf-8")
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64, max_position_embeddings=64,
        id2label={0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2"}, initializer_range=0.5,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt"), do_lower_case=False).save_pretrained(folder)
    return folder


@pytest.mark.train
def test_an_exported_checkpoint_gives_its_own_tone_without_pytorch(checkpoint: Path, tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    export(str(checkpoint), tmp_path, int8=False)
    mapping = "LABEL_0=positive,LABEL_1=negative,LABEL_2=neutral"
    settings = Settings(tone_model=str(tmp_path), tone_labels=mapping)
    model = Labeller.load(tone_model=settings.tone_model, tone_labels=settings.tone_labels)
    texts = ["خوب است .", "بد شهر خبر بد", "خبر " * 300]
    said = model.label([Text("", text) for text in texts])
    whole, tokenizer = AutoModelForSequenceClassification.from_pretrained(checkpoint).eval(), AutoTokenizer.from_pretrained(checkpoint)
    for text, labels in zip(texts[:2], said, strict=False):
        with torch.inference_mode():
            positive, negative, neutral = whole(**tokenizer(text, return_tensors="pt")).logits.softmax(1)[0].tolist()
        assert labels.tone.probabilities == pytest.approx({"negative": negative, "neutral": neutral, "positive": positive}, abs=2e-3)
    program = (
        "import sys; from nlp.labels import Labeller; from nlp.text import Text;"
        f"Labeller.load(tone_model={str(tmp_path)!r}, tone_labels={mapping!r}).label([Text('', 'x')]); print('torch' in sys.modules)"
    )
    blocked = "import sys; sys.modules['torch'] = None; " + program.replace("'torch' in sys.modules", "sys.modules['torch']")
    done = subprocess.run([sys.executable, "-c", blocked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "None"


@pytest.mark.train
def test_an_int8_export_stays_near_the_whole_one(checkpoint: Path, tmp_path: Path) -> None:
    mapping = "LABEL_0=positive,LABEL_1=negative,LABEL_2=neutral"
    found = []
    for int8 in (False, True):
        export(str(checkpoint), tmp_path / str(int8), int8=int8)
        model = Labeller.load(tone_model=str(tmp_path / str(int8)), tone_labels=mapping)
        found.append(model.probabilities(["خوب است .", "بد شهر"])["tone"])
    assert np.abs(found[0] - found[1]).max() < 0.15


@pytest.mark.train
def test_the_whole_road_from_labelled_rows_to_a_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two short runs of the encoder (the second resumes the first), the linear half and the export, on invented rows."""
    torch = pytest.importorskip("torch", reason=NO_TORCH)
    from transformers import BertConfig, BertModel, BertTokenizerFast

    from nlp.train.export import export_encoder
    from nlp.train.fit_encoder import main as fit_encoder
    from nlp.train.fit_linear import train
    from nlp.weights import Encoder

    start = tmp_path / "start"
    start.mkdir()
    (start / "vocab.txt").write_text("\n".join(WORDS) + "\n", encoding="utf-8")
    config = BertConfig(vocab_size=len(WORDS), hidden_size=32, num_hidden_layers=3, num_attention_heads=2, intermediate_size=64)
    BertModel(config, add_pooling_layer=False).save_pretrained(start)
    BertTokenizerFast(str(start / "vocab.txt"), do_lower_case=False).save_pretrained(start)
    data = _invented_data(tmp_path / "data")
    monkeypatch.setattr("nlp.train.rows.read_split", lambda: make_split(read_rows(data)))
    arguments = ["x", str(start), str(tmp_path / "run"), "--data", str(data), "--layers", "2", "--frozen", "1", "--every", "5"]
    for epochs in ("1", "2"):
        monkeypatch.setattr(sys, "argv", [*arguments, "--epochs", epochs])
        fit_encoder()
    log = [json.loads(line) for line in (tmp_path / "run/log.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in log] == sorted(line["epoch"] for line in log)
    assert log[-1]["epoch"] == pytest.approx(2, abs=0.01)
    export_encoder(start, tmp_path / "run/best.pt", 2, tmp_path / "bundle")
    assert Encoder(tmp_path / "bundle", 160, 0.5).logits(["خوب است", ""]).shape == (2, 27)
    assert torch.load(tmp_path / "run/best.pt", weights_only=True)["style"].shape == (3,)
    linear = train([_labelled(word, number) for number in range(30) for word in TONE_WORDS])
    good, bad = linear.logits(["خبر خوب", "خبر بد"])
    assert good[2] > good[0]
    assert bad[0] > bad[2]


def _labelled(word: str, number: int) -> Row:
    tone = tuple(0.92 if word == other else 0.04 for other in TONE_WORDS)
    topics = tuple(topic for topic in range(19) if (number + topic) % 3 == 0)
    return Row(f"{word}{number}", "city_news", f"خبر {word} است {number}", tone, TONE_WORDS.index(word), number % 4, topics, number % 2)


def _invented_data(folder: Path) -> Path:
    import gzip

    (folder / "tone").mkdir(parents=True)
    tones = {"خوب": "positive", "بد": "negative", "است": "neutral"}
    rows = [
        {"text": f"خبر شهر {word} {number}", "tone": tone, "city": "none", "topics": ["other"], "demand": number % 2 == 0, "conf": "high"}
        for number in range(60)
        for word, tone in tones.items()
    ]
    human = [
        {"title": f"خبر {number}", "body": word, "annotations": [tone] * 3, "majority": tone, "unanimous": True}
        for number in range(20)
        for word, tone in tones.items()
    ]
    for name, lines in {"city_news_labels": rows, "general_news_labels": [], "fresh_city_labels": [], "news_tone_human": human}.items():
        with gzip.open(folder / f"tone/{name}.jsonl.gz", "wt", encoding="utf-8") as out:
            out.writelines(json.dumps(line) + "\n" for line in lines)
    return folder


def test_the_demand_threshold_is_half_of_the_best_expected_f1() -> None:
    blend = pytest.importorskip("nlp.train.fit_blend", reason=NO_TORCH)
    shares = np.array([0.9, 0.6, 0.2, 0.1, 0.1, 0.1])
    # The two surest: 2 × (0.9 + 0.6) / (2 + 2.0) = 0.75, more than one of them or three give.
    assert blend.expected_cut(shares) == 0.375
