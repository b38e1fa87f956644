"""Accounts: who may come in, in which role, with which password; their sessions and throttled attempts; the first administrator's link."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from core.errors import BadInput, Forbidden, NotFound, Unauthorized
from core.letters import ZWNJ
from store.accounts_attempts import Attempts
from store.accounts_passwords import check_new, folded, hashed, matches
from store.accounts_sessions import Sessions, new_token, token_hash
from store.accounts_tables import accounts, first_links, sessions
from store.engine import lock_until_commit, reading, writing

ROLES = ("viewer", "editor", "admin")
LINK_LASTS = timedelta(hours=1)
_PAIR_FREE, _ADDRESS_FREE, _NAME_FREE = 5, 20, 50
_LOCK = 7_241_305


@dataclass(frozen=True, slots=True)
class User:
    """Who asks. ``id`` is 0 for a guest of an open desk and for a program with a key; ``role`` is one of ROLES."""

    id: int
    name: str
    role: str

    def may(self, role: str) -> bool:
        """Whether the user's role reaches as far as ``role``."""
        return ROLES.index(self.role) >= ROLES.index(role)


@dataclass(frozen=True, slots=True)
class Account:
    """A user as administrators see one; ``seen_at`` is the last use of a session that still stands."""

    user: User
    created_at: datetime
    seen_at: datetime | None


def checked(user: User | None, role: str) -> User:
    """The user, if there is one and the role suffices. Raises Unauthorized, Forbidden."""
    if user is None:
        raise Unauthorized("nobody is signed in")
    if not user.may(role):
        raise Forbidden(role)
    return user


class Accounts:
    """Keeps accounts. A name is the same in any case and with Persian or Latin digits."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self.sessions = Sessions(engine)
        self.attempts = Attempts(engine)

    def add(self, name: str, role: str, password: str, now: datetime) -> User:
        """A new account. Raises BadInput for a name that is taken or empty, an unknown role or a weak password."""
        row = _new_row(name, role, password, now)
        with writing(self._engine) as connection:
            return _insert(connection, row)

    def all(self) -> list[Account]:
        """Every account by name."""
        last = sa.select(sa.func.max(sessions.c.seen_at)).where(sessions.c.account_id == accounts.c.id).scalar_subquery()
        query = sa.select(accounts.c.id, accounts.c.name, accounts.c.role, accounts.c.created_at, last).order_by(accounts.c.name_key)
        with reading(self._engine) as connection:
            return [Account(User(id, name, role), made, seen) for id, name, role, made, seen in connection.execute(query)]

    def find(self, name: str) -> User | None:
        """The account of that name."""
        with reading(self._engine) as connection:
            return _user(connection.execute(sa.select(accounts).where(accounts.c.name_key == name_key(name))).first())

    def get(self, id: int) -> User:
        """The account of that id. NotFound."""
        with reading(self._engine) as connection:
            found = _user(connection.execute(sa.select(accounts).where(accounts.c.id == id)).first())
        if found is None:
            raise NotFound("account", id)
        return found

    def set_role(self, id: int, role: str) -> None:
        """Raises BadInput when no administrator would be left, NotFound."""
        _check_role(role)
        with writing(self._engine) as connection:
            lock_until_commit(connection, _LOCK)
            if role != "admin":
                _keep_an_admin(connection, id)
            if not connection.execute(sa.update(accounts).where(accounts.c.id == id).values(role=role)).rowcount:
                raise NotFound("account", id)

    def set_password(self, id: int, password: str, *, keep: str = "") -> None:
        """A new password: every session of the account ends, except the one whose token is ``keep``; failed attempts are forgotten."""
        user = self.get(id)
        check_new(password, user.name)
        stored = hashed(password)
        with writing(self._engine) as connection:
            connection.execute(sa.update(accounts).where(accounts.c.id == id).values(password=stored))
        self.sessions.end_all(id, [keep] if keep else [])
        self.attempts.forget(f"name:{name_key(user.name)}")

    def remove(self, id: int) -> None:
        """Forgets an account and ends its sessions. Raises BadInput for the last administrator, NotFound."""
        with writing(self._engine) as connection:
            lock_until_commit(connection, _LOCK)
            _keep_an_admin(connection, id)
            connection.execute(sa.delete(sessions).where(sessions.c.account_id == id))
            if not connection.execute(sa.delete(accounts).where(accounts.c.id == id)).rowcount:
                raise NotFound("account", id)

    def sign_in(self, name: str, password: str, address: str, now: datetime) -> User | None:
        """The account of that name and password; None when either is wrong. Raises TooMany after some failures of the same
        name from the same address (5), of an address (20), or of a name from anywhere (50).
        """
        key = name_key(name)[:200]
        pair, rest = f"name:{key} from:{address}", {f"address:{address}": _ADDRESS_FREE, f"name:{key}": _NAME_FREE}
        self.attempts.begin({pair: _PAIR_FREE, **rest}, now)
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(accounts).where(accounts.c.name_key == key)).first()
        if not matches(row.password if row else "", password):
            return None
        self.attempts.succeed(pair, rest)
        return _user(row)

    def has_password(self, id: int, password: str) -> bool:
        """Whether this is the account's password now."""
        with reading(self._engine) as connection:
            stored = connection.scalar(sa.select(accounts.c.password).where(accounts.c.id == id))
        return matches(stored or "", password)

    def user_of(self, token: str, now: datetime) -> User | None:
        """Whose session this token is; None when it has ended or never was."""
        row = self.sessions.find(token, now)
        return User(*row) if row else None

    def make_first_link(self, now: datetime) -> str | None:
        """The token of a link that makes the first administrator, once, within an hour. None when there are accounts."""
        token = new_token()
        with writing(self._engine) as connection:
            lock_until_commit(connection, _LOCK)
            if connection.scalar(sa.select(accounts.c.id).limit(1)) is not None:
                return None
            connection.execute(sa.delete(first_links).where(first_links.c.expires_at <= now))
            connection.execute(sa.insert(first_links).values(token_hash=token_hash(token), expires_at=now + LINK_LASTS))
        return token

    def is_first_link(self, token: str, now: datetime) -> bool:
        """Whether the link can still be used."""
        with reading(self._engine) as connection:
            return connection.scalar(sa.select(first_links.c.expires_at).where(_open_link(token, now))) is not None

    def use_first_link(self, token: str, name: str, password: str, now: datetime) -> User:
        """Makes the first administrator; the link ends. NotFound for a link that has ended, BadInput as ``add``."""
        if not self.is_first_link(token, now):
            raise NotFound("first link", "…")
        row = _new_row(name, "admin", password, now)
        with writing(self._engine) as connection:
            lock_until_commit(connection, _LOCK)
            used = connection.scalar(sa.select(first_links.c.expires_at).where(_open_link(token, now)))
            if used is None or connection.scalar(sa.select(accounts.c.id).limit(1)) is not None:
                raise NotFound("first link", "…")
            connection.execute(sa.delete(first_links))
            return _insert(connection, row)


def name_key(name: str) -> str:
    """What makes two names the same: « Ali  ۱ » → «ali 1»."""
    return " ".join(folded(name).split()).casefold()


def _new_row(name: str, role: str, password: str, now: datetime) -> dict[str, object]:
    shown = " ".join(name.split())
    if not 0 < len(shown) <= 80 or not shown.replace(ZWNJ, "").isprintable():
        raise BadInput("name", name, "a name of 1 to 80 letters is needed", "نامی بنویسید (حداکثر ۸۰ نویسه).")
    _check_role(role)
    check_new(password, shown)
    return {"name": shown, "name_key": name_key(shown), "role": role, "password": hashed(password), "created_at": now}


def _insert(connection: sa.Connection, row: dict[str, object]) -> User:
    if connection.scalar(sa.select(accounts.c.id).where(accounts.c.name_key == row["name_key"])) is not None:
        raise BadInput("name", row["name"], "there is an account of that name", "کاربری با این نام هست.")
    made = connection.execute(sa.insert(accounts).values(**row).returning(accounts)).one()
    return User(made.id, made.name, made.role)


def _user(row: sa.Row[tuple[object, ...]] | None) -> User | None:
    return User(row.id, row.name, row.role) if row else None


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise BadInput("role", role, f"one of {', '.join(ROLES)} is expected", "نقش باید یکی از بیننده، ویراستار و مدیر باشد.")


def _keep_an_admin(connection: sa.Connection, leaving: int) -> None:
    admins = connection.scalars(sa.select(accounts.c.id).where(accounts.c.role == "admin")).all()
    if list(admins) == [leaving]:
        raise BadInput("user", leaving, "the last administrator stays", "دست‌کم یک مدیر باید بماند. نخست کس دیگری را مدیر کنید.")


def _open_link(token: str, now: datetime) -> sa.ColumnElement[bool]:
    return (first_links.c.token_hash == token_hash(token)) & (first_links.c.expires_at > now)
