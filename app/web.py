"""The web service: the desk and the API over one archive, behind strict headers."""

import logging
import tomllib
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems, routes
from api.replies import finish_schema
from app.access import Gate, Gatekeeper, ask_to_sign_in, database_away
from app.adding import fetch_article
from app.letters import DigestLetters
from app.limits import BodyLimit, Quota
from app.metrics import CONTENT_TYPE, exposition
from app.register import read_city_names
from core.dates import utc_now
from core.errors import BadInput, Forbidden, NotFound, RasadError, TooMany, Unauthorized, Unavailable
from core.records import Outlet
from core.settings import ROOT, Settings
from dashboards import access_pages, pages
from dashboards.desk import Desk
from digest.webhooks import check_address
from store.archive import Archive

log = logging.getLogger("rasad.web")
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
MODEL_CARDS = (ROOT / "nlp" / "model" / "MODEL_CARD.md", ROOT / "nlp" / "model" / "NER_CARD.md")
_CODES = {BadInput: 400, Unauthorized: 401, Forbidden: 403, NotFound: 404, TooMany: 429, Unavailable: 503}
_HOUR = b"public, max-age=3600"
_YEAR = b"public, max-age=31536000, immutable"


class StrictHeaders:
    """Adds the security headers that an answer has not set itself, and says what a browser may keep: a static file whose address
    names its content for a year, other static files for an hour, all else not at all unless the answer says so.
    """

    def __init__(self, app: ASGIApp, headers: tuple[tuple[bytes, bytes], ...]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and completes the headers of the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        kept = b"no-store"
        if scope["path"].startswith("/static/"):
            kept = _YEAR if scope["query_string"].startswith(b"v=") else _HOUR

        async def send_strict(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message.get("headers", [])}
                headers = [*message.get("headers", []), *(one for one in self._headers if one[0] not in own)]
                if not any(name == b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", kept))
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, send_strict)


def create_app(archive: Archive, settings: Settings, outlets: Sequence[Outlet] = (), *, clock: Callable[[], datetime] = utc_now) -> FastAPI:
    """The application. It opens nothing: the archive is the caller's to open and close."""
    fetch = partial(fetch_article, settings, outlets, clock)
    register = settings.config / "entities.toml"
    names, letters = read_names(register), DigestLetters(archive, settings)
    by_key, city_names = {outlet.key: outlet for outlet in outlets}, read_city_names(register)
    desk = Desk(archive, by_key, names, clock, fetch, letters, read_model_cards(), city_names)
    app = FastAPI(
        title="Rasad", version="1", description="Persian news monitoring: articles, search, counts, changes.", docs_url=None, redoc_url=None
    )
    refuse = partial(_refuse, desk)
    app.add_middleware(Gate, keeper=Gatekeeper(archive, settings, clock, Quota(archive.keys, settings.requests_per_minute), refuse))
    app.add_middleware(BodyLimit, too_large=partial(_refuse_status, desk, HTTPException(413, "the body is too large")))
    app.add_middleware(GZipMiddleware, minimum_size=600, compresslevel=5)
    app.add_middleware(StrictHeaders, headers=_headers(secure=bool(settings.behind_proxy)))
    app.include_router(routes.build_router(archive, settings, outlets, clock, lambda url: check_address(url, settings)))
    app.include_router(pages.build_router(desk))
    app.include_router(access_pages.build_router(desk, secure=bool(settings.behind_proxy), limit=settings.requests_per_minute))
    app.add_api_route("/metrics", lambda: Response(exposition(archive, clock()), media_type=CONTENT_TYPE), include_in_schema=False)
    app.mount("/static", pages.static_files(), name="static")
    _answer_errors(app, desk)
    make_schema = app.openapi
    app.openapi = lambda: finish_schema(make_schema())  # type: ignore[method-assign]
    return app


def read_names(register: Path) -> dict[str, str]:
    """The names of entities, offices and people by their id, as the register tells them; none where there is no such file."""
    if not register.exists():
        return {}
    tables = tomllib.loads(register.read_text(encoding="utf-8")).values()
    rows = (row for table in tables if isinstance(table, list) for row in table)
    return {row["id"]: row["name"] for row in rows if "id" in row and "name" in row}


def read_model_cards() -> tuple[str, ...]:
    """The texts about the bundled models; none where they are not installed."""
    return tuple(path.read_text(encoding="utf-8") for path in MODEL_CARDS if path.exists())


def _headers(*, secure: bool) -> tuple[tuple[bytes, bytes], ...]:
    return (*_HEADERS, (b"strict-transport-security", b"max-age=31536000; includeSubDomains")) if secure else _HEADERS


def _refuse(desk: Desk, request: Request, error: RasadError) -> Response:
    code = _code(error)
    if code >= 500:
        log.error("%s %s: %s", request.method, _logged_path(request), error, exc_info=error)
    if _is_program(request):
        return problems.problem_of(error)
    if isinstance(error, Unauthorized):
        return ask_to_sign_in(request)
    response = pages.error_page(desk, error, code)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _refuse_status(desk: Desk, error: HTTPException, request: Request) -> Response:
    if _is_program(request):
        response = problems.problem(error.status_code, "این درخواست پذیرفته نشد.", str(error.detail))
    else:
        response = pages.error_page(desk, None, error.status_code)
    response.headers.update(error.headers or {})
    return response


def _logged_path(request: Request) -> str:
    """The address as the log may hold it: the route's, for the request's own may hold a token."""
    return str(getattr(request.scope.get("route"), "path", "") or request.url.path.split("/")[1])


def _answer_errors(app: FastAPI, desk: Desk) -> None:
    @app.exception_handler(RasadError)
    def ours(request: Request, error: RasadError) -> Response:
        return _refuse(desk, request, error)

    @app.exception_handler(OperationalError)
    def away(request: Request, error: OperationalError) -> Response:
        return _refuse(desk, request, database_away(error))

    @app.exception_handler(RequestValidationError)
    def wrong_form(request: Request, error: RequestValidationError) -> Response:
        return problems.problem_of_validation(error.errors()) if _is_program(request) else pages.error_page(desk, None, 404)

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        return _refuse_status(desk, error, request)

    @app.exception_handler(Exception)
    def unforeseen(request: Request, error: Exception) -> Response:
        log.error("%s %s failed", request.method, _logged_path(request), exc_info=error)
        response = problems.problem_of(RasadError()) if _is_program(request) else pages.error_page(desk, None, 500)
        response.raw_headers.extend(_HEADERS)  # this answer is made outside of StrictHeaders
        return response


def _is_program(request: Request) -> bool:
    return request.url.path.startswith((routes.PREFIX, "/healthz", "/readyz", "/openapi.json", "/metrics", "/feeds/"))


def _code(error: RasadError) -> int:
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), 500)
