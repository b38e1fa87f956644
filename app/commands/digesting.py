"""``rasad digest``, ``rasad subscription``: the daily mail."""

from pathlib import Path

import typer

from app.auditing import note
from app.terminal import notes, plain_errors, put, put_json
from core.dates import utc_now
from core.errors import BadInput
from core.settings import Settings

subscription = typer.Typer(no_args_is_help=True, help="Who gets which saved search by mail.")


def digest(
    preview: bool = typer.Option(False, "--preview", help="write the mail as an HTML page and print its path"),
    send: bool = typer.Option(False, "--send", help="send every digest that is due and not sent yet"),
    subscription_id: int = typer.Option(0, "--subscription", help="only this subscription"),
) -> None:
    """Preview or send the daily digest."""
    from app.wiring import opened

    settings = Settings.load()
    with plain_errors(), opened(settings) as archive:
        if preview == send:
            raise BadInput("digest", "", "choose one of --preview and --send", "یکی از --preview و --send را بنویسید.")
        note(archive, "digest.preview" if preview else "digest.send", f"subscriptions/{subscription_id or ''}")
        if preview:
            put(str(_preview(archive, settings, subscription_id)))
            return
        from digest.outbox import open_outbox
        from digest.run import send_due

        for sending in send_due(archive, open_outbox(settings), settings, utc_now()):
            put_json(sending.as_row())


def _preview(archive: object, settings: Settings, subscription_id: int) -> Path:
    from digest.run import preview

    mail = preview(archive, settings, subscription_id or None, utc_now())  # type: ignore[arg-type]
    path = settings.data / "digest-preview.html"
    path.write_text(mail.browser_html(), encoding="utf-8")
    notes.print(mail.subject)
    return path


@subscription.command("add")
def add(
    name: str = typer.Argument(..., help="name of the digest"),
    address: list[str] = typer.Option(..., "--to", help="a mail address; may stand several times"),
    query: str = typer.Option("", help="the search whose articles it tells of; empty: all"),
    at: str = typer.Option("06:30", help="Tehran time HH:MM"),
    when_empty: str = typer.Option("line", help="on a day without articles: line or nothing"),
) -> None:
    """Add a subscription."""
    from app.wiring import opened

    settings = Settings.load()
    with plain_errors(), opened(settings) as archive:
        added = archive.people.add_subscription(name, query, tuple(address), at=at, when_empty=when_empty)
        note(archive, "subscription.add", f"subscriptions/{added.id}", added.name)
        put_json({"id": added.id, "name": added.name, "query": added.query, "addresses": list(added.addresses), "at": added.at})


@subscription.command("list")
def list_() -> None:
    """List the subscriptions."""
    from app.wiring import opened

    settings = Settings.load()
    with plain_errors(), opened(settings) as archive:
        note(archive, "subscription.list", "subscriptions")
        for one in archive.people.subscriptions():
            put_json({"id": one.id, "name": one.name, "query": one.query, "addresses": list(one.addresses), "at": one.at})


@subscription.command("remove")
def remove(id: int = typer.Argument(..., help="id of the subscription")) -> None:
    """Remove a subscription."""
    from app.wiring import opened

    settings = Settings.load()
    with plain_errors(), opened(settings) as archive:
        archive.people.remove_subscription(id)
        note(archive, "subscription.remove", f"subscriptions/{id}")
