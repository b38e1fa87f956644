"""``rasad eval``, ``rasad model``: measuring the annotations, exporting another checkpoint."""

from pathlib import Path
from typing import Any

import typer

from app.terminal import plain_errors, put, put_json
from core.errors import BadInput
from core.settings import Settings

LABEL_TASKS = ("tone", "city", "topics", "demands")
SPAN_TASKS = ("ner", "quotes", "demand_spans", "reprints")
model = typer.Typer(no_args_is_help=True, help="The model that gives tone and topics.")


def evaluate(
    task: str = typer.Argument(..., help=" | ".join((*LABEL_TASKS, *SPAN_TASKS))),
    data: Path = typer.Option(Path("../shared/data"), help="folder of the labelled data"),
    as_json: bool = typer.Option(False, "--json", help="print the figures as one JSON object"),
) -> None:
    """Score one kind of annotation on the dev split that training never saw, beside its floor."""
    settings = Settings.load()
    with plain_errors():
        report = _report(task, data, settings)
    if as_json:
        put_json(report.as_dict())
    else:
        put(report.text)


def _report(task: str, data: Path, settings: Settings) -> Any:
    if task in LABEL_TASKS:
        from nlp.evaluate import evaluate as score_labels
        from nlp.labels import Labeller

        return score_labels(task, data, Labeller.load(tone_model=settings.tone_model, tone_labels=settings.tone_labels))
    if task in SPAN_TASKS:
        from nlp.evaluate_spans import evaluate as score_spans

        return score_spans(task, data, settings.config)
    raise BadInput("task", task, f"must be one of {', '.join((*LABEL_TASKS, *SPAN_TASKS))}")


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
