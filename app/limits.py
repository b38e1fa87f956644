"""How much one caller may ask: requests in a minute, counted for all web processes together, and bytes in a body."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from store.keys import Keys

MOST_BODY = 2_000_000
WINDOW = timedelta(minutes=1)
_BLOCKS = 60


@dataclass(frozen=True, slots=True)
class Standing:
    """What a caller has left in this window, and in how many seconds a new one begins. ``refused``: nothing was left."""

    limit: int
    remaining: int
    reset: int
    refused: bool = False

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The fields of the IETF draft "RateLimit header fields for HTTP"."""
        policy = f'"minute";q={self.limit};w={int(WINDOW.total_seconds())}'
        fields = {"ratelimit-policy": policy, "ratelimit": f'"minute";r={self.remaining};t={self.reset}'}
        return [(name.encode(), value.encode()) for name, value in fields.items()]


@dataclass(slots=True)
class _Held:
    window_at: datetime
    used: int
    left: int


class Quota:
    """Hands out ``limit`` requests a minute to each caller.

    The count stands in the database. A process takes a sixtieth of the limit at a time, so most requests write nothing; with
    several processes a caller may be refused that many requests early, and never gets one too many.
    """

    def __init__(self, keys: Keys, limit: int) -> None:
        self.limit = limit
        self._keys = keys
        self._block = max(1, limit // _BLOCKS)
        self._held: dict[str, _Held] = {}
        self._lock = threading.Lock()

    def spend(self, caller: str, now: datetime) -> Standing:
        """Counts one request of this caller."""
        window_at = now.replace(second=0, microsecond=0)
        reset = max(1, ceil((window_at + WINDOW - now).total_seconds()))
        with self._lock:
            held = self._held.get(caller)
            if held is None or held.window_at != window_at:
                held = self._held[caller] = _Held(window_at, 0, 0)
            if held.left == 0 and held.used < self.limit:
                self._take(caller, held)
            if held.left == 0:
                return Standing(self.limit, 0, reset, refused=True)
            held.left -= 1
            return Standing(self.limit, self.limit - held.used + held.left, reset)

    def _take(self, caller: str, held: _Held) -> None:
        used = self._keys.spend(caller, self._block, held.window_at)
        held.left = max(0, self._block - max(0, used - self.limit))
        held.used = min(used, self.limit)


class BodyLimit:
    """Refuses a body of more than MOST_BODY bytes: at once when its length is told, else as soon as it grows over it."""

    def __init__(self, app: ASGIApp, too_large: Callable[[Request], Response]) -> None:
        self._app = app
        self._too_large = too_large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on with a counted body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = dict(scope["headers"]).get(b"content-length", b"0")
        if not told.isdigit() or int(told[:20]) > MOST_BODY:
            await self._too_large(Request(scope))(scope, receive, send)
            return
        taken = 0

        async def receive_counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MOST_BODY:
                raise HTTPException(413, "the body is too large")
            return message

        await self._app(scope, receive_counted, send)
