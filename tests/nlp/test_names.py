"""Names in running text: a panel of three readers. All texts and weights here are invented."""

from pathlib import Path

import pycrfsuite
import pytest

from nlp.name_hints import Gazetteer, document_hints, level, phrases, voted
from nlp.names import PANEL_FILES, NameTagger, WordFeatures, plain_tags
from nlp.train.ner_panel import bilou

SENTENCES = [
    (["علی", "نمونه", "گفت", "."], ["B-PER", "I-PER", "O", "O"]),
    (["او", "به", "شهر", "نمونه", "رفت", "."], ["O", "O", "B-LOC", "I-LOC", "O", "O"]),
    (["علی", "نمونه", "آمد", "."], ["B-PER", "I-PER", "O", "O"]),
    (["باران", "آمد", "."], ["O", "O", "O"]),
] * 5


def _train(path: Path, rows, tags) -> None:
    trainer = pycrfsuite.Trainer(verbose=False)
    for row, own in zip(rows, tags, strict=True):
        trainer.append(row, own)
    trainer.train(str(path))


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A folder with the word classes, one with the three readers."""
    model, panel = tmp_path / "model", tmp_path / "panel"
    model.mkdir()
    panel.mkdir()
    (model / "ner_classes.tsv").write_text("علی\t1\t1\t1\nگفت\t2\t2\t2\n", encoding="utf-8")
    features = WordFeatures.read(model / "ner_classes.tsv")
    tokens, tags = zip(*SENTENCES, strict=True)
    Gazetteer.write(panel / PANEL_FILES[0], {"علی": "500"}, [("شهر نمونه", "LOC")])
    gazetteer = Gazetteer.read(panel / PANEL_FILES[0], features.classes)
    _train(panel / PANEL_FILES[1], [features.sentence(one) for one in tokens], [bilou(own) for own in tags])
    rows = [features.sentence(one) for one in tokens]
    for one, row in zip(tokens, rows, strict=True):
        gazetteer.hint(one, row)
    _train(panel / PANEL_FILES[2], rows, [bilou(own) for own in tags])
    document_hints(tokens, tags, rows)
    _train(panel / PANEL_FILES[3], rows, [bilou(own) for own in tags])
    return model, panel


def test_names_are_found_by_the_panel(folders):
    tagger = NameTagger.load(*folders)
    text = "علی نمونه گفت . او به شهر نمونه رفت ."
    assert [(text[start:end], kind) for start, end, kind in tagger.find(text)] == [("علی نمونه", "PER"), ("شهر نمونه", "LOC")]
    assert tagger.find("") == []
    assert tagger.find("علی") == tagger.find("علی")


@pytest.mark.parametrize("name", PANEL_FILES)
def test_a_panel_that_lacks_a_file_is_refused_by_name(folders, name):
    model, panel = folders
    (panel / name).unlink()
    with pytest.raises(FileNotFoundError, match=name):
        NameTagger.load(model, panel)


def test_what_two_of_three_say_stands_and_nothing_overlaps():
    readings = [["B-PER", "I-PER", "O"], ["B-PER", "I-PER", "O"], ["B-PER", "O", "B-LOC"]]
    assert voted(readings, 2) == [(0, 2, "PER")]
    assert voted(readings, 1) == [(0, 2, "PER"), (2, 3, "LOC")]
    assert voted([["O"]] * 3, 2) == []


def test_marks_of_last_and_only_tokens_go_and_come():
    tags = ["B-LOC", "B-PER", "I-PER", "I-PER", "O"]
    assert bilou(tags) == ["U-LOC", "B-PER", "I-PER", "L-PER", "O"]
    assert plain_tags(bilou(tags)) == tags
    assert phrases(tags) == {(0, 1, "LOC"), (1, 4, "PER")}


@pytest.mark.parametrize(("share", "digit"), [(0.0, 0), (0.03, 1), (0.5, 3), (1.0, 5)])
def test_shares_have_six_levels(share, digit):
    assert level(share) == digit


def test_a_gazetteer_tells_known_words_from_unknown_ones(tmp_path):
    Gazetteer.write(tmp_path / "g.tsv", {"مشهد": "015"}, [("شهرداری نمونه شهر", "ORG"), ("شهرداری نمونه", "ORG")])
    gazetteer = Gazetteer.read(tmp_path / "g.tsv", {"باران"})
    assert [gazetteer.code(word) for word in ("مشهد", "باران", "ندیده")] == ["015", "n", "u"]
    rows: list[list[str]] = [[] for _ in range(4)]
    gazetteer.hint(["شهرداری", "نمونه", "شهر", "گفت"], rows)
    assert [[one for one in row if one.startswith("h=")] for row in rows] == [["h=BORG"], ["h=IORG"], ["h=LORG"], ["h=after"]]


def test_the_rest_of_the_document_is_told_but_not_the_place_itself():
    parts = [["نمونه", "گفت"], ["نمونه", "رفت"]]
    rows: list[list[list[str]]] = [[[], []], [[], []]]
    document_hints(parts, [["B-PER", "O"], ["O", "O"]], rows)
    assert rows[0][0] == []
    assert rows[1][0] == ["dm=PER", "dm=PER!1", "dk=PER", "dt=B-PER"]
    assert rows[0][1] == rows[1][1] == []
