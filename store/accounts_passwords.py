"""Passwords: what is accepted, and Argon2id as RFC 9106 advises for servers with little memory (64 MiB, three passes)."""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import BadInput, TooMany

LEAST_LETTERS = 10
MOST_LETTERS = 500
_LEAST_DIFFERENT = 5
_HASHER = PasswordHasher()
_AT_ONCE = threading.BoundedSemaphore(3)  # each takes 64 MiB and a core: a flood of sign-ins must not take them all
_PATIENCE = 4.0
# The keyboard's layout decides which of these a person types; it must not decide whether they come in.
_SAME = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩يك", "01234567890123456789یک")


def folded(text: str) -> str:
    """The text with one form of digits, ye and kaf: «علي۱۲» → «علی12»."""
    return unicodedata.normalize("NFC", text).translate(_SAME)


def hashed(password: str) -> str:
    """The Argon2id hash with its own salt and parameters."""
    with _turn():
        return _HASHER.hash(folded(password))


def matches(stored: str, password: str) -> bool:
    """Whether the password is the stored one. An empty hash (no such account) takes as long as a wrong password."""
    if len(password) > MOST_LETTERS:
        return False
    with _turn():
        try:
            return _HASHER.verify(stored or _nobody(), folded(password)) and bool(stored)
        except (VerificationError, InvalidHashError):
            return False


@contextmanager
def _turn() -> Iterator[None]:
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise TooMany("passwords at once", 5, "اکنون کسان بسیاری وارد می‌شوند. چند ثانیهٔ دیگر دوباره بیازمایید.")
    try:
        yield
    finally:
        _AT_ONCE.release()


def check_new(password: str, name: str) -> None:
    """Raises BadInput, which never holds the password itself, for one that is too easy or too long."""
    plain = folded(password)
    if not LEAST_LETTERS <= len(plain) <= MOST_LETTERS:
        raise BadInput(
            "password", "…", f"{LEAST_LETTERS} to {MOST_LETTERS} characters are needed", "گذرواژه باید دست‌کم ۱۰ نویسه داشته باشد."
        )
    if len(set(plain)) < _LEAST_DIFFERENT or plain.casefold() == folded(name).casefold() or plain in "01234567890123456789":
        raise BadInput("password", "…", "too easy to guess", "این گذرواژه آسان حدس زده می‌شود. چند واژهٔ بی‌ربط کنار هم گذرواژهٔ خوبی است.")


@cache
def _nobody() -> str:
    return _HASHER.hash("no account has this password")  # 0.2 s, so not for every process that imports this file
