"""Where events are sent: the webhooks, their secrets, what arrived and what did not, and sending it again. For administrators."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, RedirectResponse, Response

from core.errors import BadInput
from dashboards.access import require
from dashboards.desk import Desk
from dashboards.letters import known_letters
from store.query import parse_query
from store.webhooks import Delivery, Webhook

Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
EVENTS = {"articles.changed": "تغییر خبرها", "alert.fired": "هشدار"}
STATES = {"waiting": "در صف", "delivered": "رسید", "failed": "نرسید"}
_SHOWN = 50


class Wished(BaseModel):
    """What the form of a webhook says; beyond its length nothing is checked yet."""

    name: str = Field("", max_length=2000)
    url: str = Field("", max_length=4000)
    query: str = Field("", max_length=10_000)
    events: list[str] = Field([], max_length=10)


@dataclass(frozen=True, slots=True)
class Told:
    """A webhook with its newest delivery and whether there are failed ones among those that are kept."""

    hook: Webhook
    newest: Delivery | None
    failed: bool


def build_router(desk: Desk) -> APIRouter:
    """``/settings/webhooks``."""
    router = APIRouter(prefix="/settings/webhooks")
    _add_list(router, desk)
    _add_one(router, desk)
    return router


def _add_list(router: APIRouter, desk: Desk) -> None:
    hooks = desk.archive.webhooks

    @router.get("")
    def listed(request: Request) -> HTMLResponse:
        require(request, "admin")
        return _list(desk, Wished(events=list(EVENTS)))  # type: ignore[call-arg]

    @router.post("", response_model=None)
    def add(request: Request, wished: Annotated[Wished, Form()]) -> Response:
        user, now = require(request, "admin"), desk.clock()
        try:
            parse_query(wished.query, now=now, words=desk.archive.words())
            url = known_letters(desk.letters).checked_webhook(wished.url)
            hook = hooks.add(wished.name, url, query=wished.query, events=wished.events, made_by=user.name, now=now)
        except BadInput as mistake:
            return _list(desk, wished, mistake)
        desk.archive.audit.note(user, "webhook.add", f"webhooks/{hook.id}", now, hook.name)
        return _one(desk, hook, secret=hook.secrets[0])

    @router.post("/{id}/remove")
    def remove(request: Request, id: Id) -> RedirectResponse:
        user = require(request, "admin")
        hooks.remove(id, desk.clock())
        desk.archive.audit.note(user, "webhook.remove", f"webhooks/{id}", desk.clock())
        return RedirectResponse("/settings/webhooks", 303)


def _add_one(router: APIRouter, desk: Desk) -> None:
    hooks = desk.archive.webhooks

    @router.get("/{id}")
    def one(request: Request, id: Id, state: str = "", before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None) -> HTMLResponse:
        require(request, "admin")
        return _one(desk, hooks.get(id, desk.clock()), state=state if state in STATES else "", before=before)

    @router.post("/{id}/secret")
    def rotate(request: Request, id: Id) -> HTMLResponse:
        """A new secret, shown in the answer and never again."""
        user = require(request, "admin")
        secret = hooks.rotate(id, desk.clock())
        desk.archive.audit.note(user, "webhook.rotate", f"webhooks/{id}", desk.clock())
        return _one(desk, hooks.get(id, desk.clock()), secret=secret)

    @router.post("/{id}/state")
    def set_state(request: Request, id: Id, to: Annotated[str, Form(max_length=20)] = "") -> RedirectResponse:
        user, now = require(request, "admin"), desk.clock()
        if to not in ("stopped", "active"):
            raise BadInput("to", to, "stopped or active is expected", "این درخواست خوانده نشد.")
        hooks.stop(id, now if to == "stopped" else None)
        desk.archive.audit.note(user, f"webhook.{to}", f"webhooks/{id}", now)
        return RedirectResponse(f"/settings/webhooks/{id}", 303)

    @router.post("/{id}/deliveries/{delivery}/replay")
    def replay(request: Request, id: Id, delivery: Id) -> RedirectResponse:
        user, now = require(request, "admin"), desk.clock()
        hooks.get(id, now)
        hooks.replay(id, delivery, now)
        desk.archive.audit.note(user, "webhook.replay", f"webhooks/{id}/deliveries/{delivery}", now)
        return RedirectResponse(f"/settings/webhooks/{id}#delivery-{delivery}", 303)


def _list(desk: Desk, wished: Wished, mistake: BadInput | None = None) -> HTMLResponse:
    hooks = desk.archive.webhooks
    told = [
        Told(hook, next(iter(hooks.deliveries(hook.id, limit=1)), None), bool(hooks.deliveries(hook.id, state="failed", limit=1)))
        for hook in hooks.all(desk.clock())
    ]
    code = 400 if mistake else 200
    return desk.page("webhooks.html", code, section="settings", told=told, events=EVENTS, states=STATES, wished=wished, mistake=mistake)


def _one(desk: Desk, hook: Webhook, *, secret: str = "", state: str = "", before: int | None = None) -> HTMLResponse:
    found = desk.archive.webhooks.deliveries(hook.id, state=state, before=before, limit=_SHOWN + 1)
    return desk.page(
        "webhook.html",
        section="settings",
        hook=hook,
        secret=secret,
        state=state,
        deliveries=found[:_SHOWN],
        older=found[_SHOWN - 1].id if len(found) > _SHOWN else None,
        events=EVENTS,
        states=STATES,
    )
