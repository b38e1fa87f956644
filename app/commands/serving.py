"""``rasad serve``, ``up``, ``work``: the processes of the service."""

import typer

from app.terminal import plain_errors
from core.errors import BadInput
from core.settings import Settings


def serve(
    host: str = typer.Option("", help="address to listen on; default: RASAD_HOST"),
    port: int = typer.Option(0, help="port to listen on; default: RASAD_PORT"),
) -> None:
    """Serve the desk and the API."""
    from app.serving import serve_forever

    with plain_errors():
        serve_forever(_settings(host, port))


def work(
    only: list[str] = typer.Option([], "--only", help="tag, index or send: a part of the work, in a process of its own"),
) -> None:
    """Annotate, group, index and send as articles arrive (the work process of `rasad up`)."""
    from app.working import ALL_PARTS, work_forever

    with plain_errors():
        unknown = set(only) - ALL_PARTS
        if unknown:
            raise BadInput("only", ", ".join(sorted(unknown)), f"some of {', '.join(sorted(ALL_PARTS))} are expected")
        work_forever(Settings.load(), frozenset(only) or ALL_PARTS)


def up(port: int = typer.Option(0, help="port of the web service; default: RASAD_PORT")) -> None:
    """Run the whole service: web, crawl and work, each watched and restarted."""
    from app.supervising import supervise

    with plain_errors():
        supervise(_settings("", port))


def _settings(host: str, port: int) -> Settings:
    overrides: dict[str, object] = {}
    if host:
        overrides["host"] = host
    if port:
        overrides["port"] = port
    return Settings.load(**overrides)
