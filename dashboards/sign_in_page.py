"""Signing in and out, and the page of one's own account."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from core.errors import BadInput, NotFound, TooMany, Unauthorized
from dashboards.access import require
from dashboards.desk import Desk
from store.accounts import Accounts, User
from store.accounts_sessions import LONGEST

_WRONG = "نام یا گذرواژه درست نیست."
Text = Annotated[str, Form(max_length=2000)]


def cookie_name(secure: bool) -> str:
    """The session's cookie; the prefix makes browsers demand https, this host and the whole site."""
    return "__Host-rasad" if secure else "rasad"


def safe_next(address: str) -> str:
    """Where to go after signing in: an address on this host, else the overview."""
    parts = urlsplit(address.replace("\\", "/"))
    inside = address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.netloc and address.isprintable()
    return address if inside and parts.path not in ("/sign-in", "/sign-out") else "/"


@dataclass(frozen=True, slots=True)
class Door:
    """The desk and its accounts; ``secure``: browsers reach it by https."""

    desk: Desk
    secure: bool

    @property
    def accounts(self) -> Accounts:
        """Who may come in."""
        return self.desk.archive.accounts

    def let_in(self, user: User, target: str) -> Response:
        """A new session in the browser, and on to ``target``."""
        answer = RedirectResponse(target, 303)
        token = self.accounts.sessions.start(user.id, self.desk.clock())
        seconds = int(LONGEST.total_seconds())
        answer.set_cookie(cookie_name(self.secure), token, max_age=seconds, path="/", secure=self.secure, httponly=True, samesite="lax")
        return answer

    def let_out(self) -> Response:
        """The browser forgets the session and the pages it has kept."""
        answer = RedirectResponse("/sign-in", 303, headers={"Clear-Site-Data": '"cache"'})
        answer.delete_cookie(cookie_name(self.secure), path="/", secure=self.secure, httponly=True, samesite="lax")
        return answer

    def form(self, target: str, message: str = "", status: int = 200, name: str = "") -> Response:
        """The page to sign in on, with what was wrong."""
        return self.desk.page("sign_in.html", status, section="door", next=safe_next(target), message=message, name=name)

    def note(self, user: User, action: str, details: str = "") -> None:
        """The audit's row about the user's own account."""
        self.desk.archive.audit.note(user, action, f"users/{user.name}", self.desk.clock(), details)


def build_router(desk: Desk, *, secure: bool) -> APIRouter:
    """``/sign-in``, ``/sign-out``, ``/account``, ``/first-admin/{token}``."""
    router, door = APIRouter(), Door(desk, secure)
    _add_signing_in(router, door)
    _add_account(router, door)
    _add_first_admin(router, door)
    return router


def _add_signing_in(router: APIRouter, door: Door) -> None:
    @router.get("/sign-in")
    def ask(request: Request, next: str = "/") -> Response:
        user = getattr(request.state, "user", None)
        return RedirectResponse(safe_next(next), 303) if user and user.id else door.form(next)

    @router.post("/sign-in")
    def sign_in(request: Request, name: Text = "", password: Text = "", next: Text = "/") -> Response:
        address = request.client.host if request.client else ""
        try:
            user = door.accounts.sign_in(name, password, address, door.desk.clock())
        except TooMany as error:
            answer = door.form(next, error.persian, 429, name)
            answer.headers["Retry-After"] = str(error.seconds)
            return answer
        if user is None:
            known = door.accounts.find(name)
            door.desk.archive.audit.note(
                "—", "session.refused", f"users/{known.name}" if known else "users", door.desk.clock(), f"from {address}"
            )
            return door.form(next, _WRONG, 401, name)
        door.note(user, "session.start", f"from {address}")
        return door.let_in(user, safe_next(next))

    @router.post("/sign-out")
    def sign_out(request: Request) -> Response:
        user = require(request, "viewer")
        door.accounts.sessions.end(request.state.session)
        door.note(user, "session.end")
        return door.let_out()


def _add_account(router: APIRouter, door: Door) -> None:
    @router.get("/account")
    def own(request: Request, done: str = "") -> Response:
        return door.desk.page("account.html", account=require_person(request), message="", done=done == "1")

    @router.post("/account/password")
    def change(request: Request, old: Text = "", new: Text = "", again: Text = "") -> Response:
        user = require_person(request)
        try:
            _change_password(door, (user.id, request.state.session), (old, new, again))
        except (BadInput, TooMany) as error:
            status = 429 if isinstance(error, TooMany) else 400
            return door.desk.page("account.html", status, account=user, message=error.persian, done=False)
        door.note(user, "user.password", "own")
        return RedirectResponse("/account?done=1", 303)


def _add_first_admin(router: APIRouter, door: Door) -> None:
    @router.get("/first-admin/{token}")
    def ask(token: str) -> Response:
        if not door.accounts.is_first_link(token, door.desk.clock()):
            raise NotFound("first link", "…")
        return door.desk.page("first_admin.html", section="door", token=token, message="", name="")

    @router.post("/first-admin/{token}")
    def make(token: str, name: Text = "", new: Text = "", again: Text = "") -> Response:
        try:
            check_same(new, again)
            user = door.accounts.use_first_link(token, name, new, door.desk.clock())
        except BadInput as error:
            return door.desk.page("first_admin.html", 400, section="door", token=token, message=error.persian, name=name)
        door.note(user, "user.add", "first administrator")
        return door.let_in(user, "/")


def require_person(request: Request) -> User:
    """The user with an account of their own. Raises Unauthorized for a guest of an open desk."""
    user = require(request, "viewer")
    if not user.id:
        raise Unauthorized("a guest has no account")
    return user


def check_same(new: str, again: str) -> None:
    """Raises BadInput when a password and its repetition differ."""
    if new != again:
        raise BadInput("password", "…", "the two differ", "دو گذرواژه یکی نیستند. دوباره بنویسید.")


def _change_password(door: Door, who: tuple[int, str], given: tuple[str, str, str]) -> None:
    """Changes the password of (id, session) from old to new. Raises BadInput, TooMany."""
    (id, session), (old, new, again) = who, given
    key = f"password of:{id}"
    door.accounts.attempts.begin({key: 5}, door.desk.clock())
    if not door.accounts.has_password(id, old):
        raise BadInput("old", "…", "not the password", "گذرواژهٔ کنونی درست نیست.")
    door.accounts.attempts.succeed(key, {})
    check_same(new, again)
    door.accounts.set_password(id, new, keep=session)
