"""Every error that Rasad raises on purpose.

RasadError
├── SettingError      a setting or configuration file is wrong: names the key and the value
├── BadInput          data given from outside is wrong: names the field and the value
│   ├── BadQuery      a search that cannot be read: holds the position and the last good reading
│   └── BadDate       a date that cannot be read
├── NotFound          a thing asked for by key is not there
├── Unauthorized      nobody is signed in, or the key is not known
├── Forbidden         the user's role or the key's scopes do not reach that far
├── TooMany           asked too often: says in how many seconds it may be tried again
├── FetchRefused      an address must not be fetched (scheme, private network, robots)
└── Unavailable       a part outside (engine, mail server, database) does not answer now
"""

import re

_PASSWORD = re.compile(r"(//|^(?!\w+://))[^\s:/]*:\S*@")


class RasadError(Exception):
    """The root: catching it catches every deliberate error and no programming mistake."""


class SettingError(RasadError):
    """A setting or a configuration row is wrong.

    ``key`` is the setting or ``file row field``; ``value`` is what stood there, without the password of an address.
    """

    def __init__(self, key: str, value: object, message: str) -> None:
        shown = _PASSWORD.sub(r"\1…@", value) if isinstance(value, str) else value
        super().__init__(f"{key}: {message} (got {shown!r})")
        self.key = key
        self.value = shown
        self.message = message


class BadInput(RasadError):
    """Data from outside is wrong; ``persian`` is the sentence a user may see."""

    def __init__(self, field: str, value: object, message: str, persian: str = "") -> None:
        super().__init__(f"{field}: {message} (got {value!r:.200})")
        self.field = field
        self.value = value
        self.message = message
        self.persian = persian or f"مقدار «{field}» درست نیست."


class BadQuery(BadInput):
    """A search that cannot be read.

    ``position`` counts code points from 0; ``last_good`` is the longest reading that works ("" when none does).
    """

    def __init__(self, value: str, position: int, message: str, persian: str, last_good: str = "") -> None:
        super().__init__("q", value, message, persian)
        self.position = position
        self.last_good = last_good


class BadDate(BadInput):
    """A date that cannot be read or lies outside every plausible year."""


class NotFound(RasadError):
    """Nothing of that ``kind`` has that ``key``."""

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(f"no {kind} {key!r}")
        self.kind = kind
        self.key = key


class Unauthorized(RasadError):
    """Who asks is not known: signing in, or a valid key, is needed."""


class Forbidden(RasadError):
    """Who asks is known and may not do this; ``needed`` is the role or scope that may."""

    def __init__(self, needed: str) -> None:
        super().__init__(f"{needed} is needed")
        self.needed = needed


class TooMany(RasadError):
    """Asked too often. ``seconds`` says after how long trying again is right; ``persian`` is the sentence a user may see."""

    def __init__(self, what: str, seconds: int, persian: str = "") -> None:
        super().__init__(f"too many {what}: try again in {seconds} s")
        self.seconds = seconds
        self.persian = persian


class FetchRefused(RasadError):
    """An address that must not be fetched, with the rule that refuses it."""

    def __init__(self, url: str, rule: str) -> None:
        super().__init__(f"{rule}: {url[:200]}")
        self.url = url
        self.rule = rule


class Unavailable(RasadError):
    """A part outside this process does not answer now; trying later is right."""
