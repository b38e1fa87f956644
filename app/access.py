"""The gate: who asks, whether they may, how often, and the row in the audit. Every request goes through it before any route."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

from fastapi import Request
from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.access_rules import FEED, SAFE, Rule, rule_for
from app.limits import Quota, Standing
from core.errors import Forbidden, RasadError, TooMany, Unauthorized, Unavailable
from core.settings import Settings
from dashboards.access import signed_in
from dashboards.sign_in_page import cookie_name
from store.accounts import User, checked
from store.archive import Archive
from store.audit import noted
from store.keys import ApiKey

GUEST = User(0, "", "viewer")
_BAD_KEYS_FREE = 20


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a user with a session, a program with a key, or nobody known."""

    user: User | None = None
    key: ApiKey | None = None
    session: str = ""

    @property
    def counted_as(self) -> str:
        """The name under which requests are counted; "" for a guest."""
        if self.key:
            return f"key:{self.key.id}"
        return f"user:{self.user.id}" if self.user and self.user.id else ""


@dataclass(frozen=True)
class Gatekeeper:
    """What the gate knows: the archive, the settings, the clock, the quota, and how a refusal is told."""

    archive: Archive
    settings: Settings
    clock: Callable[[], datetime]
    quota: Quota
    refuse: Callable[[Request, RasadError], Response]

    def caller(self, request: Request, rule: Rule) -> Caller:
        """Who sends the request. Raises Unauthorized for a key that is not valid, TooMany after many of them."""
        text = _key_in(request)
        if text:
            return self._program(request, text)
        token = request.cookies.get(cookie_name(bool(self.settings.behind_proxy)), "")
        user = self.archive.accounts.user_of(token, self.clock()) if token else None
        if user is None and self.settings.open == "read" and request.method in SAFE and rule.role == "viewer":
            user = GUEST
        return Caller(user, None, token if user else "")

    def _program(self, request: Request, text: str) -> Caller:
        key = self.archive.keys.find(text, self.clock())
        if key is None:
            address = request.client.host if request.client else ""
            self.archive.accounts.attempts.begin({f"keys from:{address}": _BAD_KEYS_FREE}, self.clock())
            raise Unauthorized("the key is not known, has expired or was revoked")
        return Caller(key.user, key)

    def check(self, request: Request, rule: Rule, caller: Caller) -> Standing | None:
        """Whether the caller may do this now; what is left of its quota. Raises Unauthorized, Forbidden."""
        if caller.key is None:
            _check_person(request, rule, caller.user)
        elif rule.role:
            _check_program(rule, caller.key)
        if rule.role and caller.counted_as and (caller.key or request.url.path.startswith("/api/")):
            return self.quota.spend(caller.counted_as, self.clock())
        return None

    def note(self, scope: Scope, rule: Rule, caller: Caller, written: list[str]) -> None:
        """The audit's row of a request that succeeded and whose route has written none of its own."""
        if rule.audited and not written and caller.user:
            route = getattr(scope.get("route"), "path", "")
            self.archive.audit.note(caller.user, f"{scope['method'].lower()} {route}", scope["path"], self.clock())


def _check_person(request: Request, rule: Rule, user: User | None) -> None:
    if rule.role:
        checked(user, rule.role)
    if request.method not in SAFE and not is_exempt(request) and not is_same_origin(request):
        raise Forbidden("a request that a page of this service itself sends")


def _check_program(rule: Rule, key: ApiKey) -> None:
    if not rule.scope:
        raise Forbidden("a person's session")
    if rule.scope not in key.scopes and "admin" not in key.scopes:
        raise Forbidden(f"a key with the scope {rule.scope}")


class Gate:
    """The middleware around the routes."""

    def __init__(self, app: ASGIApp, keeper: Gatekeeper) -> None:
        self._app = app
        self._keeper = keeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets the request in, or answers it with a refusal."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        request, rule, seen = Request(scope), rule_for(scope["method"], scope["path"]), signed_in.set(None)
        standing = None
        try:
            caller = await run_in_threadpool(self._keeper.caller, request, rule) if _asks(scope["path"]) else Caller()
            signed_in.set(caller.user)
            standing = await run_in_threadpool(self._keeper.check, request, rule, caller)
            if standing and standing.refused:
                raise TooMany(f"requests: {standing.limit} a minute", standing.reset)
        except RasadError as error:
            await self._keeper.refuse(request, error)(scope, receive, _with(send, standing))
        except OperationalError as error:
            await self._keeper.refuse(request, database_away(error))(scope, receive, send)
        else:
            await self._let_in(scope, receive, _with(send, standing), (rule, caller))
        finally:
            signed_in.reset(seen)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send, who: tuple[Rule, Caller]) -> None:
        rule, caller = who
        scope.setdefault("state", {}).update(user=caller.user, key=caller.key, session=caller.session)
        written: list[str] = []
        mark = noted.set(written)

        async def send_noted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 400:
                await run_in_threadpool(self._keeper.note, scope, rule, caller, written)
            await send(message)

        try:
            await self._app(scope, receive, send_noted if rule.audited else send)
        finally:
            noted.reset(mark)


def _with(send: Send, standing: Standing | None) -> Send:
    if standing is None:
        return send

    async def send_counted(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *standing.headers()]}
        await send(message)

    return send_counted


def _asks(path: str) -> bool:
    """Whether it matters who asks: not for static files and health."""
    return not path.startswith(("/static/", "/healthz", "/readyz"))


def _key_in(request: Request) -> str:
    """The key of the request: in the address of a feed, else in ``Authorization: Bearer …`` or ``X-API-Key``."""
    feed = FEED.fullmatch(request.url.path)
    if feed:
        return feed.group(1)
    kind, _, text = request.headers.get("authorization", "").partition(" ")
    return text.strip() if kind.lower() == "bearer" else request.headers.get("x-api-key", "").strip()


def is_exempt(request: Request) -> bool:
    """One-click unsubscribing is pressed by mail programs, from anywhere (RFC 8058)."""
    return request.url.path.startswith("/unsubscribe/")


def is_same_origin(request: Request) -> bool:
    """Whether the browser says that a page of ours sent the request: ``Sec-Fetch-Site``, or ``Origin`` from an older browser."""
    site = request.headers.get("sec-fetch-site")
    if site:
        return site in ("same-origin", "none")
    origin = urlsplit(request.headers.get("origin", ""))
    return bool(origin.netloc) and origin.netloc == request.headers.get("host", "")


def database_away(error: OperationalError) -> Unavailable:
    """What a failing database is for who asks; the log gets the cause."""
    unavailable = Unavailable("the database does not answer")
    unavailable.__cause__ = error
    return unavailable


def ask_to_sign_in(request: Request) -> Response:
    """The way to the sign-in page, and back to where a reader wanted to go."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = f"?next={quote(wanted, safe='/')}" if request.method in SAFE and wanted != "/" else ""
    return RedirectResponse(f"/sign-in{back}", 303)
