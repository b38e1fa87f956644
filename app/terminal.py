"""What the command line prints: data on standard output, everything for people's eyes on standard error."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console

from core.errors import BadInput, RasadError

notes = Console(stderr=True, highlight=False)


def put_json(value: Any) -> None:
    """One JSON line on standard output, Persian letters readable, flushed so that a pipe sees it at once."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def put(text: str = "") -> None:
    """One line of text on standard output."""
    sys.stdout.write(text + "\n")


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turns our own errors into one clear line and exit status 2; a programming mistake keeps its traceback."""
    try:
        yield
    except RasadError as error:
        if isinstance(error, BadInput) and error.persian:
            notes.print(error.persian, style="bold red")
        notes.print(f"rasad: {error}", style="red", markup=False)
        raise typer.Exit(2) from None
    except BrokenPipeError:
        raise typer.Exit(0) from None
