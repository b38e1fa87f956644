"""``rasad outlets list|check|probe``: the outlets as data."""

from pathlib import Path

import typer

from app.terminal import notes, plain_errors, put, put_json
from core.dates import utc_now
from core.errors import NotFound
from core.settings import Settings

outlets = typer.Typer(no_args_is_help=True, help="The outlets that are read.")
OUTLETS_FILE = typer.Option(None, "--outlets", help="another file of outlets")


@outlets.command("list")
def list_(outlets_file: Path | None = OUTLETS_FILE) -> None:
    """List the outlets; one JSON line each."""
    from app.wiring import load_known_outlets

    with plain_errors():
        for outlet in load_known_outlets(_settings(outlets_file)).values():
            row = {"key": outlet.key, "name": outlet.name, "family": outlet.family, "base_url": outlet.base_url}
            put_json({**row, "enabled": outlet.enabled, "owner": outlet.owner, "collection": outlet.collection})


@outlets.command("probe")
def probe(url: str = typer.Argument(..., help="any page of the site")) -> None:
    """Recognise the CMS family of an unknown site and print a row for outlets.toml."""
    from crawler.probe import probe as probe_site

    with plain_errors():
        found = probe_site(url, Settings.load())
        for note in found.notes:
            notes.print(note, markup=False)
        put(found.row)


@outlets.command("check")
def check(
    url: str = typer.Argument(..., help="address of an article"),
    file: Path | None = typer.Option(None, help="a recorded page of that address, instead of fetching it"),
    outlets_file: Path | None = OUTLETS_FILE,
) -> None:
    """Print what each selector finds on a page, one JSON line each, and name the dead fields."""
    from app.wiring import load_known_outlets
    from crawler.outlets import outlet_of
    from crawler.probe import check as check_url
    from crawler.probe import check_page, dead_fields

    settings = _settings(outlets_file)
    with plain_errors():
        outlet = outlet_of(url, load_known_outlets(settings).values())
        rows = check_page(file.read_bytes(), url, outlet) if file else check_url(url, outlet, settings)
        for row in rows:
            put_json({"field": row.field, "selector": row.selector, "found": row.found, "text": row.text})
        notes.print(f"dead: {', '.join(dead_fields(rows)) or 'none'}")


@outlets.command("health")
def health(key: str = typer.Argument("", help="key of one outlet; none: all"), outlets_file: Path | None = OUTLETS_FILE) -> None:
    """Print the health flags of the outlets (volume or fields that drift, feeds that fail); one JSON line each."""
    from dataclasses import asdict

    from app.wiring import load_known_outlets, opened
    from crawler.health import health as find_flags

    settings = _settings(outlets_file)
    with plain_errors(), opened(settings) as archive:
        known = load_known_outlets(settings)
        if key and key not in known:
            raise NotFound("outlet", key)
        chosen = [known[key]] if key else [outlet for outlet in known.values() if outlet.enabled]
        for flag in find_flags(archive, chosen, utc_now()):
            put_json({name: str(value) for name, value in asdict(flag).items()})


def _settings(outlets_file: Path | None) -> Settings:
    return Settings.load(**({"outlets": outlets_file} if outlets_file else {}))
