"""The command line: ``rasad …``. Every command lives in ``app/commands``; heavy parts are imported when a command runs."""

import sys

import typer

from app.commands import (
    accounts,
    alerting,
    checking,
    crawling,
    demonstrating,
    digesting,
    importing,
    keeping,
    modelling,
    outlets,
    searching,
    serving,
    tagging,
)
from app.logs import set_up_logging
from app.terminal import plain_errors
from core.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Rasad (رصد): Persian news and media monitoring for a municipality. Standard output carries data only.",
)

for function in (
    crawling.crawl,
    tagging.tag,
    searching.search,
    searching.show,
    searching.explain,
    digesting.digest,
    serving.serve,
    serving.work,
    serving.up,
    demonstrating.demo,
    searching.export,
    tagging.annotate,
    crawling.extract,
    tagging.reindex,
    keeping.backup,
    keeping.restore,
    keeping.upgrade,
    keeping.migrate,
    checking.doctor,
    checking.alive,
    checking.coverage,
):
    app.command()(function)
app.command("import")(importing.import_)
app.command("forget-pages")(keeping.forget_pages)
app.command("why-not")(searching.why_not)
app.command("eval")(modelling.evaluate)
app.add_typer(digesting.subscription, name="subscription")
app.add_typer(alerting.alerts, name="alerts")
app.add_typer(accounts.user, name="user")
app.add_typer(accounts.key, name="key")
app.add_typer(outlets.outlets, name="outlets")
app.add_typer(modelling.model, name="model")


@app.callback()
def start() -> None:
    """Sets up logging before any command; a bad setting ends here with its key and value."""
    with plain_errors():
        settings = Settings.load()
        set_up_logging(settings.log_level, settings.log_format)


def main() -> None:
    """The entry point: UTF-8 on all three streams whatever the locale says."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    app()


if __name__ == "__main__":
    main()
