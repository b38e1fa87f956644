"""``rasad crawl``, ``extract``: reading the outlets, and one page from a file."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from app.terminal import notes, plain_errors, put, put_json
from core.dates import persian_digits, utc_now
from core.outcomes import Outcome
from core.settings import Settings


def crawl(
    outlets: list[str] = typer.Argument(None, help="keys of outlets; none: all that are enabled"),
    as_json: bool = typer.Option(False, "--json", help="one JSON line per outcome, then one with the summary"),
    since: str = typer.Option("", help="how far back sitemaps are read, e.g. 1404/01/01; default: the last 7 days"),
    until: str = typer.Option("", help="the last day of a back-fill"),
    wait: float = typer.Option(0, min=0, help="seconds to stay for retries that fall due"),
    outlets_file: Path | None = typer.Option(None, "--outlets", help="another file of outlets"),
    forever: bool = typer.Option(False, "--forever", help="poll until interrupted (the crawl process of `rasad up`)"),
) -> None:
    """Read the outlets until nothing is due."""
    from app.crawling import CrawlOrder, crawl_outlets

    settings = Settings.load(**({"outlets": outlets_file} if outlets_file else {}))
    order = CrawlOrder(tuple(outlets or ()), since, until, wait, forever)
    told = None if forever else _printer(as_json)  # the service logs: one line an outcome, as its settings say
    with plain_errors():
        summary = _back_fill(settings, order) if since and not as_json else crawl_outlets(settings, order, told)
    rows = [{"outlet": one.outlet, "known": one.known, "fetched": one.fetched, "outcomes": dict(one.outcomes)} for one in summary.outlets]
    if as_json:
        put_json({"summary": rows})
    else:
        print_crawl(rows)


def _back_fill(settings: Settings, order: Any) -> Any:
    """A back-fill with a bar and an estimate on standard error."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    from app.crawling import backfill_outlets

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.fields[rest]}"))
    with Bar(*columns, console=notes) as bar:
        line = bar.add_task("reading", total=None, rest="")

        def report(now: Any) -> None:
            rest = f"{now.pages_per_second:.1f} pages/s, {'unknown' if now.remaining is None else now.remaining} to go"
            bar.update(line, completed=now.done, total=now.done + now.waiting, rest=rest)

        return backfill_outlets(settings, order, report)


def print_crawl(rows: list[dict[str, Any]]) -> None:
    """The Persian summary of a crawl: per outlet how many addresses are known and what became of them."""
    for row in rows:
        put(f"{row['outlet']}: {persian_digits(row['known'])} نشانی، {persian_digits(row['fetched'])} خوانده")
        for outcome, number in sorted(row["outcomes"].items()):
            put(f"    {Outcome(outcome).persian}: {persian_digits(number)}")


def _printer(as_json: bool) -> Callable[[str, str, Outcome], None]:
    def on_outcome(outlet: str, url: str, outcome: Outcome) -> None:
        if as_json:
            put_json({"outlet": outlet, "url": url, "outcome": outcome, "at": utc_now().isoformat()})
        else:
            notes.print(f"{outcome:<20} {outlet:<16} {url}", markup=False, soft_wrap=True)

    return on_outcome


def extract(
    file: Path = typer.Argument(..., help="a page as fetched"),
    url: str = typer.Option(..., help="the address it was fetched from"),
    fetched_at: str = typer.Option("", help="ISO time of the fetch; default: now"),
) -> None:
    """Extract the fields of one page; one JSON object."""
    from app.wiring import load_known_outlets
    from crawler.extract import extract as extract_page
    from crawler.outlets import outlet_of
    from render.shapes import raw_json

    settings = Settings.load()
    with plain_errors():
        try:
            page = file.read_bytes()
        except OSError as error:
            notes.print(f"rasad: cannot read {file}: {error.strerror}", style="red", markup=False)
            raise typer.Exit(2) from None
        moment = datetime.fromisoformat(fetched_at) if fetched_at else utc_now()
        outlet = outlet_of(url, tuple(load_known_outlets(settings).values()))
        put_json(raw_json(extract_page(page, url, outlet, moment)))
