"""Web addresses in the forms under which an article is found by them."""

import re
from urllib.parse import unquote, urlsplit

_NUMBER = re.compile(r"\d{5,}")
_LONGEST = 300


def keys_of(address: str) -> tuple[str, ...]:
    """The keys of an address; () for one that is none.

    "https://www.example.ir/fa/news/123456/یک-تیتر?x=1#top" → ("example.ir/fa/news/123456/یک-تیتر?x=1",
    "example.ir/fa/news/123456/یک-تیتر", "example.ir#123456")
    """
    try:
        parts = urlsplit(address if "://" in address else "http://" + address)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:
        return ()
    if not host:
        return ()
    path = unquote(parts.path).rstrip("/")
    keys = [f"{host}{path}?{unquote(parts.query)}" if parts.query else "", f"{host}{path}" if path or not parts.query else ""]
    if numbers := _NUMBER.findall(path):
        keys.append(f"{host}#{max(numbers, key=len)}")
    return tuple(dict.fromkeys(key[:_LONGEST] for key in keys if key))
