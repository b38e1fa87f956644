"""Accounts, throttled attempts, keys and the audit, on SQLite and PostgreSQL."""

import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from core.errors import BadInput, NotFound, TooMany
from store.accounts import Accounts, User
from store.accounts_attempts import Attempts
from store.accounts_passwords import _turn
from store.accounts_sessions import Sessions
from store.accounts_tables import accounts, api_keys, sessions
from store.archive import Archive
from store.audit import Audit
from store.keys import PREFIX, Keys

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PASSWORD = "چهار واژهٔ بی‌ربط"
HERE = "192.0.2.7"


@pytest.fixture
def engine(archive: Archive) -> sa.Engine:
    return archive.engine


@pytest.fixture
def people(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> Accounts:
    """The accounts, with a hash that is as quick as it can be: these tests are about counting."""
    quick = PasswordHasher(1, 8, 1)
    monkeypatch.setattr("store.accounts_passwords._HASHER", quick)
    monkeypatch.setattr("store.accounts_passwords._nobody", lambda: quick.hash("nobody"))
    return Accounts(engine)


def guesses(people: Accounts, names: list[str]) -> int:
    """How many of these sign-ins with a wrong password, from one address, were looked at before one was refused."""
    for tried, name in enumerate(names):
        try:
            people.sign_in(name, "حدس", HERE, NOW)
        except TooMany:
            return tried
    return len(names)


@pytest.mark.parametrize("typed", ["Ali ۱۲", "  ali  12 ", "ALI ١٢"])
def test_a_name_is_the_same_on_every_keyboard(people: Accounts, typed: str) -> None:
    made = people.add("Ali ۱۲", "viewer", PASSWORD, NOW)
    assert people.find(typed) == made == User(made.id, "Ali ۱۲", "viewer")
    with pytest.raises(BadInput):
        people.add(typed, "viewer", PASSWORD, NOW)


@pytest.mark.parametrize(("kept", "typed", "same"), [("کلید ۱۲۳۴۵۶", "كليد 123456", True), ("کلید ۱۲۳۴۵۶", "کلید ۱۲۳۴۵۷", False)])
def test_a_password_is_the_same_on_every_keyboard(people: Accounts, kept: str, typed: str, same: bool) -> None:
    people.add("سارا", "viewer", kept, NOW)
    assert (people.sign_in("سارا", typed, HERE, NOW) is not None) is same


@pytest.mark.parametrize("weak", ["", "کوتاه", "۱۲۳۴۵۶۷۸۹۰", "1111111111111", "نام من سارا", "x" * 501])
def test_easy_passwords_are_refused_and_not_repeated(people: Accounts, weak: str) -> None:
    with pytest.raises(BadInput) as refused:
        people.add("نام من سارا", "viewer", weak, NOW)
    assert not weak or weak not in str(refused.value) + refused.value.persian
    assert people.all() == []


@pytest.mark.parametrize("name", ["", "   ", "ن" * 81, "سا\nرا\x00", "\u202esara"])
def test_names_that_cannot_be_read_are_refused(people: Accounts, name: str) -> None:
    with pytest.raises(BadInput):
        people.add(name, "viewer", PASSWORD, NOW)


def test_what_is_kept_opens_nothing(engine: sa.Engine) -> None:
    """Passwords as Argon2id, tokens and keys as hashes: who reads the database cannot come in."""
    people = Accounts(engine)
    user = people.add("سارا", "viewer", PASSWORD, NOW)
    token = people.sessions.start(user.id, NOW)
    key, _ = Keys(engine).add("سامانه", ["read"], "سارا", NOW)
    with engine.connect() as connection:
        assert connection.scalar(sa.select(accounts.c.password)).startswith("$argon2id$v=19$m=65536,t=3,")
        kept = [connection.scalar(sa.select(sessions.c.token_hash)), connection.scalar(sa.select(api_keys.c.key_hash))]
    assert not {token, key} & set(kept)
    assert people.user_of(kept[0], NOW) is None
    assert Keys(engine).find(PREFIX + kept[1], NOW) is None


def test_one_hundred_guesses_at_the_same_moment_are_five(people: Accounts) -> None:
    """Attempts count before the password is looked at, so guessing in parallel wins nothing."""
    attempts, refused, lock = people.attempts, [0], threading.Lock()

    def guess() -> None:
        for _ in range(10):
            try:
                attempts.begin({"name:sara from:x": 5}, NOW)
            except TooMany:
                with lock:
                    refused[0] += 1

    threads = [threading.Thread(target=guess) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == [95]


def test_waiting_grows_to_a_quarter_of_an_hour_and_is_told(engine: sa.Engine) -> None:
    attempts, now, waits = Attempts(engine), NOW, []
    for _ in range(14):
        try:
            attempts.begin({"x": 5}, now)
        except TooMany as error:
            waits.append(error.seconds)
            now += timedelta(seconds=error.seconds)
            attempts.begin({"x": 5}, now)
    assert waits == [60, 120, 240, 480, 900, 900, 900, 900, 900]


def test_one_address_cannot_shut_a_user_out_elsewhere(people: Accounts) -> None:
    people.add("سارا", "viewer", PASSWORD, NOW)
    assert guesses(people, ["سارا"] * 30) == 5
    assert people.sign_in("سارا", PASSWORD, "198.51.100.1", NOW) is not None


def test_many_names_from_one_address_are_slowed(people: Accounts) -> None:
    assert guesses(people, [f"کاربر {number}" for number in range(30)]) == 20


def test_many_addresses_on_one_name_are_slowed(people: Accounts) -> None:
    people.attempts.begin({"unused": 1}, NOW)
    for number in range(49):
        people.attempts.begin({f"address:10.0.0.{number}": 20, "name:sara": 50}, NOW)
    people.sign_in("sara", "حدس", "10.1.0.1", NOW)
    with pytest.raises(TooMany):
        people.sign_in("sara", "حدس", "10.1.0.2", NOW)


def test_signing_in_often_shuts_nobody_out(people: Accounts) -> None:
    people.add("سارا", "viewer", PASSWORD, NOW)
    for _ in range(25):
        assert people.sign_in("سارا", PASSWORD, HERE, NOW) is not None


def test_a_new_password_frees_the_user(people: Accounts) -> None:
    user = people.add("سارا", "viewer", PASSWORD, NOW)
    assert guesses(people, ["سارا"] * 6) == 5
    people.set_password(user.id, "واژه‌های تازهٔ من")
    assert people.sign_in("سارا", "واژه‌های تازهٔ من", HERE, NOW) is not None


def test_two_administrators_cannot_remove_each_other(people: Accounts) -> None:
    """At the same moment, too: one stays."""
    pair = [people.add(name, "admin", PASSWORD, NOW).id for name in ("یک", "دو")]
    threads = [threading.Thread(target=quietly, args=(people.remove, id)) for id in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(people.all()) == 1


def quietly(do: Callable[..., object], *arguments: object) -> None:
    """Does it, and does not mind being refused."""
    with suppress(BadInput, NotFound):
        do(*arguments)


def test_a_removed_user_is_out_at_once(people: Accounts) -> None:
    people.add("مدیر", "admin", PASSWORD, NOW)
    user = people.add("سارا", "viewer", PASSWORD, NOW)
    token = people.sessions.start(user.id, NOW)
    assert people.user_of(token, NOW) == user
    people.remove(user.id)
    assert people.user_of(token, NOW) is None
    with pytest.raises(NotFound):
        people.get(user.id)


def test_a_changed_role_holds_for_sessions_that_stand(people: Accounts) -> None:
    people.add("مدیر", "admin", PASSWORD, NOW)
    user = people.add("سارا", "editor", PASSWORD, NOW)
    token = people.sessions.start(user.id, NOW)
    people.set_role(user.id, "viewer")
    found = people.user_of(token, NOW)
    assert found is not None
    assert found.role == "viewer"


def test_the_first_link_is_for_the_first_account_only(people: Accounts) -> None:
    earlier, later = people.make_first_link(NOW), people.make_first_link(NOW)
    assert earlier
    assert later
    people.use_first_link(earlier, "مدیر", PASSWORD, NOW)
    assert people.make_first_link(NOW) is None
    for token in (earlier, later):
        assert not people.is_first_link(token, NOW)
        with pytest.raises(NotFound):
            people.use_first_link(token, "دیگری", PASSWORD, NOW)


def test_two_who_use_the_first_link_at_once_make_one_account(people: Accounts) -> None:
    token = people.make_first_link(NOW)

    use = people.use_first_link
    threads = [threading.Thread(target=quietly, args=(use, token, name, PASSWORD, NOW)) for name in ("یک", "دو", "سه")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(people.all()) == 1


def test_sessions_that_ended_are_forgotten(engine: sa.Engine, people: Accounts) -> None:
    user, kept = people.add("سارا", "viewer", PASSWORD, NOW), Sessions(engine)
    for hour in range(4):
        kept.start(user.id, NOW + timedelta(hours=10 * hour))
    with engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(sessions)) == 2


@pytest.mark.parametrize(
    ("scopes", "role"), [(("read",), "viewer"), (("export", "feeds"), "viewer"), (("read", "write"), "editor"), (("admin",), "admin")]
)
def test_a_key_acts_in_the_role_of_its_scopes(engine: sa.Engine, scopes: tuple[str, ...], role: str) -> None:
    text, key = Keys(engine).add("سامانه", scopes, "مدیر", NOW)
    assert Keys(engine).find(text, NOW) is not None
    assert key.user == User(0, "key:سامانه", role)
    assert text.startswith(key.start)
    assert len(key.start) < len(text) // 3


@pytest.mark.parametrize(("name", "scopes", "days"), [("", ["read"], 1), ("x", [], 1), ("x", ["read", "root"], 1), ("x", ["read"], 0)])
def test_keys_that_make_no_sense_are_refused(engine: sa.Engine, name: str, scopes: list[str], days: int) -> None:
    with pytest.raises(BadInput):
        Keys(engine).add(name, scopes, "مدیر", NOW, NOW + timedelta(days=days))


def test_the_audit_only_grows_and_is_read_in_parts(engine: sa.Engine) -> None:
    audit, user = Audit(engine), User(1, "سارا", "editor")
    for number in range(25):
        audit.note(user, "article.correct", f"articles/{number}", NOW + timedelta(minutes=number), "x" * 10_000)
    seen, before = [], None
    while rows := audit.entries(before=before, limit=10):
        seen += [row.target for row in rows]
        before = rows[-1].id
    assert seen == [f"articles/{number}" for number in reversed(range(25))]
    assert not [name for name in dir(Audit) if name.startswith(("delete", "remove", "change", "update", "clear"))]
    assert audit.users() == ["سارا"]


def test_a_flood_of_sign_ins_takes_three_at_a_time(people: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each password costs 64 MiB: the fourth waits a moment, and is then told to come back."""
    people.add("سارا", "viewer", PASSWORD, NOW)
    monkeypatch.setattr("store.accounts_passwords._PATIENCE", 0.05)
    with ExitStack() as busy:
        for _ in range(3):
            busy.enter_context(_turn())
        with pytest.raises(TooMany):
            people.sign_in("سارا", PASSWORD, HERE, NOW)
    assert people.sign_in("سارا", PASSWORD, HERE, NOW) is not None
