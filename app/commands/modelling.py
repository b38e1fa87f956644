"""``rasad eval``, ``rasad model``: measuring the annotations, exporting another checkpoint."""

from pathlib import Path

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
        if task in LABEL_TASKS:
            from nlp.evaluate import evaluate as score
        elif task in SPAN_TASKS:
            from nlp.evaluate_spans import evaluate as score
        else:
            raise BadInput("task", task, f"must be one of {', '.join((*LABEL_TASKS, *SPAN_TASKS))}")
        report = score(task, data, settings.config)
    if as_json:
        put_json(report.as_dict())
    else:
        put(report.text)


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
