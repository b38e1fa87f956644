"""``rasad eval``, ``rasad model``: measuring the annotations, learning from corrections, exporting another checkpoint."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from app.terminal import plain_errors, put, put_json
from core.errors import BadInput
from core.settings import Settings

if TYPE_CHECKING:
    from nlp.corrections import Learned

LABEL_TASKS = ("tone", "city", "topics", "demands")
SPAN_TASKS = ("ner", "quotes", "demand_spans", "reprints")
model = typer.Typer(no_args_is_help=True, help="The model that gives tone and topics.")


def evaluate(
    task: str = typer.Argument(..., help=" | ".join((*LABEL_TASKS, *SPAN_TASKS))),
    data: Path = typer.Option(Path("../shared/data"), help="folder of the labelled data"),
    as_json: bool = typer.Option(False, "--json", help="print the figures as one JSON object"),
    floor: Path | None = typer.Option(None, help="another floor's answers than the one kept (nlp.train.fit_floor)"),
) -> None:
    """Score one kind of annotation on the dev split that training never saw, beside its floor."""
    settings = Settings.load()
    with plain_errors():
        report = _report(task, data, settings, floor)
    if as_json:
        put_json(report.as_dict())
    else:
        put(report.text)


def _report(task: str, data: Path, settings: Settings, floor: Path | None) -> Any:
    if task in LABEL_TASKS:
        from nlp.evaluate import evaluate as score_labels
        from nlp.train.rows import FLOOR

        return score_labels(task, data, _labeller(settings), floor or FLOOR)
    if task in SPAN_TASKS:
        from nlp.evaluate_spans import evaluate as score_spans

        return score_spans(task, data, settings.config)
    raise BadInput("task", task, f"must be one of {', '.join((*LABEL_TASKS, *SPAN_TASKS))}")


def _labeller(settings: Settings) -> Any:
    from nlp.labels import Labeller

    return Labeller.load(tone_model=settings.tone_model, tone_labels=settings.tone_labels, own_model=settings.own_model)


@model.command("train")
def train(
    corrections: bool = typer.Option(False, "--corrections", help="learn from the labels that officers corrected"),
    checkpoint: str = typer.Option("", help="fine-tune this checkpoint's tone instead (needs the extra [train])"),
    out: Path | None = typer.Option(None, help="folder to write to; default: own-model, or tone-model, in the data folder"),
) -> None:
    """Learn from corrected labels; the bundled model's files stay as they are."""
    from app.correcting import corrected_rows
    from app.wiring import opened
    from nlp.corrections import learn
    from nlp.weights import MODEL

    settings = Settings.load()
    with plain_errors():
        if not corrections:
            raise BadInput("option", "", "rasad model train needs --corrections; docs/models.md says how the bundled model is made")
        folder = out or settings.data / ("tone-model" if checkpoint else "own-model")
        if folder.resolve() == MODEL.resolve():
            raise BadInput("out", str(folder), "is the bundled model, which is never overwritten")
        with opened(settings) as archive:
            rows = corrected_rows(archive)
        if checkpoint:
            from nlp.train.fit_checkpoint import fine_tune

            put(f"{fine_tune(rows, checkpoint, folder, settings.tone_labels)} corrected tones learned: RASAD_TONE_MODEL={folder}")
        else:
            _put_learned(learn(rows, _labeller(settings), folder), folder)


def _put_learned(found: "Sequence[Learned]", folder: Path) -> None:
    for one in found:
        verdict = "learned" if one.used else "left as it is"
        put(f"{one.task}: {one.count} corrections, right when kept back {one.before:.0%} → {one.after:.0%}: {verdict}")
    put(f"RASAD_OWN_MODEL={folder}" if any(one.used for one in found) else "nothing gained: nothing written")


@model.command("export")
def export(
    checkpoint: str = typer.Argument(..., help="folder or hub name of a sequence-classification checkpoint"),
    out: Path = typer.Argument(..., help="folder to write the ONNX model to"),
) -> None:
    """Export a checkpoint to ONNX, int8 (needs the extra [train])."""
    with plain_errors():
        try:
            from nlp.train.export import export as export_checkpoint
        except ImportError as error:
            raise BadInput("extra", "train", f"is not installed ({error.name}): pip install -e '.[train]'") from None
        export_checkpoint(checkpoint, out)
        put(str(out))
