"""``rasad alerts``: watched searches, and when a rule would have fired."""

import typer

from app.auditing import BY, note
from app.terminal import plain_errors, put_json
from core.dates import utc_now
from core.settings import Settings

alerts = typer.Typer(help="Watched searches: spikes, negative spikes, rising stories.", invoke_without_command=True)


@alerts.callback()
def start(
    context: typer.Context,
    backtest: str | None = typer.Option(None, "--backtest", help="a search: print when a rule of it would have fired"),
    since: str = typer.Option("", help="first day of the back-test, e.g. 1405/06/01; default: 30 days ago"),
) -> None:
    """Without a command: the back-test, one JSON line for each spike."""
    if context.invoked_subcommand or backtest is None:
        if context.invoked_subcommand is None:
            with plain_errors():
                list_()
        return
    from app.alerting import backtest_rows

    with plain_errors():
        for row in backtest_rows(Settings.load(), backtest, since):
            put_json(row)


@alerts.command("add")
def add(
    name: str = typer.Argument(..., help="name of the alert"),
    query: str = typer.Option("", help="the search that is watched; empty: everything"),
    kind: list[str] = typer.Option(["volume", "negative", "story"], "--kind", help="volume, negative, story; may stand several times"),
    address: list[str] = typer.Option([], "--to", help="a mail address; may stand several times"),
    quiet: str = typer.Option("", help="quiet hours of Tehran, e.g. 22:00-07:00: letters wait for their end"),
) -> None:
    """Watch a search."""
    from app.wiring import opened
    from store.query import parse_query

    with plain_errors(), opened(Settings.load()) as archive:
        parse_query(query, now=utc_now(), words=archive.words())
        begin, _, end = quiet.partition("-")
        hours = (begin.strip(), end.strip())
        rule = archive.alerts.add(name, query, kinds=kind, addresses=address, quiet=hours, made_by=BY, now=utc_now())
        note(archive, "alert.add", f"alert-rules/{rule.id}", rule.name)
        put_json({"id": rule.id, "name": rule.name, "query": rule.query, "kinds": list(rule.kinds), "addresses": list(rule.addresses)})


@alerts.command("list")
def list_() -> None:
    """List what is watched."""
    from app.wiring import opened

    with plain_errors(), opened(Settings.load()) as archive:
        note(archive, "alert.list", "alert-rules")
        for rule in archive.alerts.rules():
            put_json({"id": rule.id, "name": rule.name, "query": rule.query, "kinds": list(rule.kinds), "addresses": list(rule.addresses)})


@alerts.command("remove")
def remove(id: int = typer.Argument(..., help="id of the alert rule")) -> None:
    """Watch it no longer."""
    from app.wiring import opened

    with plain_errors(), opened(Settings.load()) as archive:
        archive.alerts.remove(id, utc_now())
        note(archive, "alert.remove", f"alert-rules/{id}")
