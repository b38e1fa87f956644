"""`rasad model train --corrections`: what officers correct is learned beside the bundled model, never into it. Texts are invented."""

import hashlib
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.wiring import opened
from core.errors import BadInput, SettingError, Unavailable
from core.records import RawArticle
from core.settings import Settings
from nlp.annotate import version_with
from nlp.corrections import Corrected, learn
from nlp.labels import Labeller
from nlp.text import Text
from nlp.weights import MODEL
from tests.nlp.test_train import NO_TORCH, WORDS

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
PLACES = ("گلشهر", "نمونه‌آباد", "سیدی", "قاسم‌آباد", "طلاب", "الهیه", "احمدآباد", "وکیل‌آباد")
KEPT_BACK = "کارگاه پرده‌نگارهٔ خیابان هفدهم با حضور ناظر فنی برپا شد."


def _corrected(number: int) -> Corrected:
    """A plain notice that this office calls negative, with words of its own."""
    place = PLACES[number % len(PLACES)]
    return Corrected(
        Text(f"کارگاه پرده‌نگاره در {place}", f"کارگاه پرده‌نگارهٔ خیابان {number + 1} {place} با حضور ناظر فنی برپا شد."), "negative"
    )


def _steady(number: int) -> Corrected:
    place = PLACES[number % len(PLACES)]
    return Corrected(Text(f"جشن شمارهٔ {number} در {place}", f"جشنی در بوستان {place} برگزار شد و {number + 20} نفر آمدند."))


def _weights() -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in MODEL.iterdir() if path.is_file()}


@pytest.fixture(scope="module")
def labeller() -> Labeller:
    return Labeller.load()


def test_a_correction_moves_what_is_like_it_and_little_else(labeller: Labeller, tmp_path: Path) -> None:
    before_files, before = _weights(), labeller.label([Text("", KEPT_BACK), _steady(3).text])
    found = learn([*(_corrected(n) for n in range(24)), *(_steady(n) for n in range(40))], labeller, tmp_path)
    taught = Labeller.load(own_model=tmp_path)
    after = taught.label([Text("", KEPT_BACK), _steady(3).text])
    assert before[0].tone.label != "negative"
    assert after[0].tone.label == "negative"
    assert after[1].tone.label == before[1].tone.label
    assert after[0].topics == before[0].topics
    tone = next(one for one in found if one.task == "tone")
    assert (tone.count, tone.used) == (24, True)
    assert tone.after > tone.before
    assert _weights() == before_files


def test_corrections_that_teach_nothing_write_nothing(labeller: Labeller, tmp_path: Path) -> None:
    said = labeller.label([_steady(number).text for number in range(20)])
    rows = [Corrected(_steady(number).text, said[number].tone.label) for number in range(20)]
    assert not any(one.used for one in learn(rows, labeller, tmp_path / "own"))
    assert not (tmp_path / "own").exists()


def test_too_few_corrections_are_refused(labeller: Labeller, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="at least 10"):
        learn([_corrected(number) for number in range(9)], labeller, tmp_path)


def test_learned_corrections_change_the_version_so_that_tag_annotates_again(labeller: Labeller, tmp_path: Path) -> None:
    learn([_corrected(number) for number in range(24)], labeller, tmp_path)
    assert version_with(own_model=tmp_path) != version_with()
    assert version_with(own_model=tmp_path).startswith(version_with())


def test_a_folder_without_learned_corrections_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="RASAD_OWN_MODEL"):
        Labeller.load(own_model=tmp_path)


def test_corrections_of_another_model_are_left_out_with_a_warning(
    labeller: Labeller, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    learn([_corrected(number) for number in range(24)], labeller, tmp_path)
    about = tmp_path / "own.json"
    about.write_text(about.read_text(encoding="utf-8").replace(labeller.base_version, "rasad-0"), encoding="utf-8")
    assert Labeller.load(own_model=tmp_path).version == labeller.version
    assert "again" in caplog.text


def test_the_command_learns_from_the_archive_and_prints_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASAD_DATA", str(tmp_path))
    with opened(Settings.load()) as archive:
        for number in range(24):
            text = _corrected(number).text
            url = f"https://example.org/{number}"
            raw = RawArticle(
                outlet="a",
                url=url,
                canonical_url=url,
                news_id=str(number),
                fetched_at=NOW,
                headline=text.headline,
                body=text.body,
                published_at=NOW,
            )
            archive.articles.correct([archive.articles.save(raw).id], ("tone", "negative"), "officer", NOW)
    done = CliRunner().invoke(app, ["model", "train", "--corrections"])
    assert done.exit_code == 0, done.output
    assert "tone: 24 corrections" in done.output
    assert f"RASAD_OWN_MODEL={tmp_path / 'own-model'}" in done.output
    assert Labeller.load(own_model=tmp_path / "own-model").label([Text("", KEPT_BACK)])[0].tone.label == "negative"


def test_the_bundled_model_is_never_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASAD_DATA", str(tmp_path))
    done = CliRunner().invoke(app, ["model", "train", "--corrections", "--out", str(MODEL)])
    assert done.exit_code == 2
    assert "never overwritten" in " ".join(done.output.split())


def test_fine_tuning_a_checkpoint_without_pytorch_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from nlp.train.fit_checkpoint import fine_tune

    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(Unavailable, match=r"\[train\]"):
        fine_tune([], "anything", tmp_path)


@pytest.mark.train
def test_a_checkpoint_learns_corrected_tones_and_becomes_the_tone_model(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason=NO_TORCH)
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    from nlp.train import fit_checkpoint

    start = tmp_path / "start"
    start.mkdir()
    (start / "vocab.txt").write_text("\n".join(WORDS) + "\n", encoding="utf-8")
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64, max_position_embeddings=64
    )
    config.id2label, config.label2id = {0: "positive", 1: "negative"}, {"positive": 0, "negative": 1}
    BertForSequenceClassification(config).save_pretrained(start)
    BertTokenizerFast(str(start / "vocab.txt"), do_lower_case=False).save_pretrained(start)
    before = (start / "model.safetensors").read_bytes()
    rows = [
        Corrected(Text("", f"شهر {word} است {'خبر ' * number}"), tone)
        for number in range(40)
        for word, tone in (("خوب", "negative"), ("بد", "positive"))
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fit_checkpoint, "RATE", 3e-3)
        assert fit_checkpoint.fine_tune(rows, str(start), tmp_path / "mine") == 80
    model = Labeller.load(tone_model=str(tmp_path / "mine"))
    said = model.label([Text("", "شهر خوب است"), Text("", "شهر بد است")])
    assert [one.tone.label for one in said] == ["negative", "positive"]
    assert (start / "model.safetensors").read_bytes() == before
