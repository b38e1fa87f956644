"""``rasad demo``: the whole main job on sample outlets, in an archive of its own."""

import os
from pathlib import Path

import typer

from app.terminal import plain_errors
from core.settings import Settings

DEMO_DATA = Path("var/demo")


def demo(
    port: int = typer.Option(8000, min=1, max=65535, help="port of the web service"),
    once: bool = typer.Option(False, "--once", help="end after the summary instead of serving"),
) -> None:
    """Crawl three sample outlets, tag, index, compose today's digest, then serve it all until interrupted."""
    from app.demo import run_demo

    data = Path(os.environ.get("RASAD_DATA") or DEMO_DATA)
    with plain_errors():
        run_demo(Settings.load(data=data, port=port, open="read"), once=once)
