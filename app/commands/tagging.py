"""``rasad tag``, ``rasad annotate``, ``rasad reindex``: the work on stored articles, and annotation without an archive."""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from app.terminal import notes, plain_errors, put_json
from core.errors import BadInput
from core.settings import Settings

ANNOTATE_BATCH = 16
TEXT_LIMIT = 2_500_000


def tag(
    outdated: bool = typer.Option(
        False, "--outdated", help="also articles that an older version annotated (always done; kept for scripts)"
    ),
) -> None:
    """Annotate, group and index whatever waits; resumable."""
    del outdated
    settings = Settings.load()
    with plain_errors():
        settle_with_notes(settings, tag=True)


def settle_with_notes(settings: Settings, *, tag: bool) -> None:
    """Runs the jobs (or waits for the service that does) with a progress line on standard error."""
    from app.jobs import settle

    with Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=notes, transient=True) as bar:
        counts = {"annotated": 0, "indexed": 0}
        line = bar.add_task("working")

        def progress(what: str, number: int) -> None:
            counts[what] += number
            bar.update(line, description=f"annotated {counts['annotated']}, indexed {counts['indexed']}")

        done = settle(settings, _loader(settings) if tag else None, progress)
    notes.print(f"annotated {done.annotated}, grouped {done.grouped}, indexed {done.indexed}")


def _loader(settings: Settings) -> Callable[[], Any]:
    def load() -> Any:
        from nlp.annotate import Annotator

        return Annotator.load(settings.config, settings.tone_model, settings.tone_labels, settings.own_model)

    return load


def reindex() -> None:
    """Rebuild the search index beside the live one from the archive, then swap."""
    from app.reindexing import reindex as rebuild

    settings = Settings.load()
    with plain_errors():
        notes.print(f"reindexed {rebuild(settings)} articles")


def annotate() -> None:
    """Read JSON lines {"id","headline","body"} from standard input; write one line of annotations each, in order."""
    settings = Settings.load()
    with plain_errors():
        annotator = _loader(settings)()
        for batch in _batches(sys.stdin.buffer):
            for answer in answer_batch(batch, annotator):
                put_json(answer)


def answer_batch(lines: list[str], annotator: Any) -> list[dict[str, Any]]:
    """One answer per line in order: the annotations, or ``{"id","error":{"field","message"}}`` for a bad line."""
    from render.shapes import annotations_json

    read = [_read_text(line) for line in lines]
    texts = [text for _, text, error in read if error is None]
    annotated = iter(annotator.annotate(texts))
    return [{"id": id_, **annotations_json(next(annotated))} if error is None else {"id": id_, "error": error} for id_, _, error in read]


def _read_text(line: str) -> tuple[Any, Any, dict[str, str] | None]:
    from nlp.annotate import Text

    id_ = None
    try:
        row = _row(line)
        id_ = row.get("id")
        return id_, Text(headline=_text(row, "headline", default=""), body=_text(row, "body")), None
    except BadInput as error:
        return id_, None, {"field": error.field, "message": error.message}


def _row(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise BadInput("line", line[:80], "is not JSON") from None
    if not isinstance(row, dict):
        raise BadInput("line", line[:80], "is not a JSON object")
    return row


def _text(row: dict[str, Any], field: str, default: str | None = None) -> str:
    value = row.get(field, default)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise BadInput(field, value, "must be text")
    if len(value) > TEXT_LIMIT:
        raise BadInput(field, value[:40], f"is longer than {TEXT_LIMIT} characters")
    return value


def _batches(stream: Any) -> Iterator[list[str]]:
    batch: list[str] = []
    for raw in stream:
        batch.append(raw.decode("utf-8", "replace"))
        if len(batch) == ANNOTATE_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
