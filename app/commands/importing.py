"""``rasad import FILE.jsonl``: raw articles from another system into the archive."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typer

from app.terminal import notes, plain_errors, put_json
from core.dates import utc_now
from core.errors import BadInput
from core.outcomes import Outcome
from core.records import Outlet
from core.settings import Settings

CHUNK = 200


def import_(
    file: Path = typer.Argument(..., help="JSON lines, one raw article each; - reads standard input"),
    tag: bool = typer.Option(
        True, "--tag/--no-tag", help="annotate before returning; otherwise leave it to a running service or `rasad tag`"
    ),
) -> None:
    """Import raw articles; one JSON line of outcome per input line."""
    from app.commands.tagging import settle_with_notes
    from app.wiring import load_known_outlets, opened

    settings = Settings.load()
    with plain_errors():
        outlets = load_known_outlets(settings)
        lines = _read_lines(file)
        with opened(settings) as archive:
            for chunk in _chunks(enumerate(lines, 1)):
                for answer in _store(archive, chunk, outlets):
                    put_json(answer)
        settle_with_notes(settings, tag=tag)


def _store(archive: Any, chunk: list[tuple[int, str]], outlets: dict[str, Outlet]) -> Iterator[dict[str, object]]:
    from app.importing import read_article

    now = utc_now()
    raws, answers = [], {}
    for number, line in chunk:
        try:
            raws.append((number, read_article(line, outlets, now)))
        except BadInput as error:
            answers[number] = {"line": number, "outcome": Outcome.REJECTED, "id": None, "field": error.field, "message": error.message}
    for (number, _), saved in zip(raws, archive.articles.save_many([raw for _, raw in raws]), strict=True):
        answers[number] = {"line": number, "outcome": saved.outcome, "id": saved.id}
    return (answers[number] for number in sorted(answers))


def _read_lines(file: Path) -> Iterable[str]:
    """The lines of the file, read as they are needed; a byte that is no UTF-8 becomes U+FFFD. Exits with 2 when unreadable."""
    try:
        stream = sys.stdin.buffer if str(file) == "-" else file.open("rb")
    except OSError as error:
        notes.print(f"rasad: cannot read {file}: {error.strerror}", style="red", markup=False)
        raise typer.Exit(2) from None
    return (raw.decode("utf-8", "replace").rstrip("\r\n") for raw in stream)


def _chunks(lines: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    chunk: list[tuple[int, str]] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
