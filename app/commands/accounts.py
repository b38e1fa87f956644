"""``rasad user``, ``rasad key``: who may come in, and with which keys."""

import sys
from datetime import timedelta

import typer

from app.auditing import BY, note
from app.terminal import notes, plain_errors, put, put_json
from core.dates import utc_now
from core.errors import BadInput, NotFound
from core.settings import Settings
from store.accounts import User
from store.archive import Archive

user = typer.Typer(no_args_is_help=True, help="Who may sign in, in which role (viewer, editor, admin).")
key = typer.Typer(no_args_is_help=True, help="Keys of other programs and of feed readers.")
_Name = typer.Argument(..., help="name of the user")
_Stdin = typer.Option(False, "--password-stdin", help="read the password from standard input instead of asking twice")


@user.command("add")
def add_user(name: str = _Name, role: str = typer.Option("viewer", help="viewer, editor or admin"), password_stdin: bool = _Stdin) -> None:
    """Add a user. The password is asked twice, never given in the command."""
    from app.wiring import opened

    with plain_errors(), opened(Settings.load()) as archive:
        made = archive.accounts.add(name, role, _password(from_stdin=password_stdin), utc_now())
        note(archive, "user.add", f"users/{made.name}", made.role)
        put_json({"id": made.id, "name": made.name, "role": made.role})


@user.command("list")
def list_users() -> None:
    """List the users."""
    from app.wiring import opened

    with plain_errors(), opened(Settings.load()) as archive:
        note(archive, "user.list", "users")
        for one in archive.accounts.all():
            put_json({"id": one.user.id, "name": one.user.name, "role": one.user.role, "seen_at": one.seen_at and one.seen_at.isoformat()})


@user.command("remove")
def remove_user(name: str = _Name) -> None:
    """Remove a user; their sessions end. The last administrator stays."""
    from app.wiring import opened

    with plain_errors(), opened(Settings.load()) as archive:
        found = _find(archive, name)
        archive.accounts.remove(found.id)
        note(archive, "user.remove", f"users/{found.name}")


@user.command("password")
def set_password(name: str = _Name, password_stdin: bool = _Stdin) -> None:
    """Give a user a new password; their sessions end and failed attempts are forgotten."""
    from app.wiring import opened

    with plain_errors(), opened(Settings.load()) as archive:
        found = _find(archive, name)
        archive.accounts.set_password(found.id, _password(from_stdin=password_stdin))
        note(archive, "user.password", f"users/{found.name}")


@user.command("role")
def set_role(name: str = _Name, role: str = typer.Argument(..., help="viewer, editor or admin")) -> None:
    """Give a user another role."""
    from app.wiring import opened

    with plain_errors(), opened(Settings.load()) as archive:
        found = _find(archive, name)
        archive.accounts.set_role(found.id, role)
        note(archive, "user.role", f"users/{found.name}", f"{found.role} → {role}")


@key.command("add")
def add_key(
    name: str = typer.Argument(..., help="which program gets it"),
    scope: list[str] = typer.Option(["read"], "--scope", help="read, write, export, feeds, metrics or admin; may stand several times"),
    days: int = typer.Option(365, min=0, max=36500, help="how long it is valid; 0: without end"),
) -> None:
    """Make a key and print it: it is shown this once, and kept only as a hash."""
    from app.wiring import opened

    with plain_errors(), opened(Settings.load()) as archive:
        text, made = archive.keys.add(name, scope, BY, utc_now(), utc_now() + timedelta(days=days) if days else None)
        note(archive, "key.add", f"keys/{made.id}", f"{made.name}: {' '.join(made.scopes)}")
        notes.print(f"key {made.id} ({', '.join(made.scopes)}); it is not shown again:", markup=False)
        put(text)


@key.command("list")
def list_keys() -> None:
    """List the keys, without their text."""
    from app.wiring import opened

    with plain_errors(), opened(Settings.load()) as archive:
        note(archive, "key.list", "keys")
        for one in archive.keys.all():
            times = {"expires_at": one.expires_at, "used_at": one.used_at, "revoked_at": one.revoked_at}
            shown = {name: value.isoformat() if value else None for name, value in times.items()}
            put_json({"id": one.id, "name": one.name, "start": one.start, "scopes": one.scopes, "valid": one.is_valid(utc_now()), **shown})


@key.command("revoke")
def revoke_key(id: int = typer.Argument(..., help="id of the key, as `rasad key list` tells it")) -> None:
    """End a key at once."""
    from app.wiring import opened

    with plain_errors(), opened(Settings.load()) as archive:
        ended = archive.keys.revoke(id, utc_now())
        note(archive, "key.revoke", f"keys/{id}", ended.name)


def _find(archive: Archive, name: str) -> User:
    found = archive.accounts.find(name)
    if found is None:
        raise NotFound("user", name)
    return found


def _password(*, from_stdin: bool) -> str:
    if not from_stdin:
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    text = sys.stdin.readline().rstrip("\r\n")
    if not text:
        raise BadInput("password", "", "standard input is empty", "گذرواژه‌ای در ورودی نیست.")
    return text
