"""Webhooks: who is told of changes and alerts, what was delivered, what failed, and sending it again. For administrators."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api import written_models as models
from api.access import require
from api.replies import described, nothing_described, reply
from core.errors import BadInput
from render.shapes import Json, moment
from store.archive import Archive
from store.query import parse_query
from store.webhooks import Delivery, Webhook

Id = Annotated[int, Path(ge=1, le=2**31 - 1, description="the webhook's number")]
DeliveryId = Annotated[int, Path(ge=1, le=2**31 - 1, description="the delivery's number")]
CheckAddress = Callable[[str], str]


def build_router(archive: Archive, check_address: CheckAddress, clock: Callable[[], datetime]) -> APIRouter:
    """``/webhooks``. ``check_address`` gives the address back, or raises BadInput for one that may not be told."""
    router = APIRouter(prefix="/webhooks", tags=["webhooks"])
    hooks = archive.webhooks

    @router.get("", summary="The webhooks", responses=described(models.WebhookList, "WEBHOOKS"))
    def list_webhooks(request: Request) -> Response:
        """Every webhook, without its secret."""
        require(request, "admin")
        return reply(request, {"webhooks": [_json(hook) for hook in hooks.all(clock())]})

    @router.post(
        "", summary="Add a webhook", status_code=201, responses=described(models.WebhookWithSecret, "WEBHOOK_NEW", 400, status=201)
    )
    def add(request: Request, wanted: models.NewWebhook) -> Response:
        """Told of what changes from now on. The secret is shown here and never again; a private address must be allow-listed."""
        user, now = require(request, "admin"), clock()
        parse_query(wanted.query, now=now, words=archive.words())
        hook = hooks.add(wanted.name, check_address(wanted.url), query=wanted.query, events=wanted.events, made_by=user.name, now=now)
        archive.audit.note(user, "webhook.add", f"webhooks/{hook.id}", now, hook.name)
        return reply(request, {**_json(hook), "secret": hook.secrets[0]}, 201)

    @router.delete("/{id}", summary="Remove a webhook", status_code=204, responses=nothing_described(404))
    def remove(request: Request, id: Id) -> Response:
        """Nothing is sent to it any more, not even what waits."""
        user = require(request, "admin")
        hooks.remove(id, clock())
        archive.audit.note(user, "webhook.remove", f"webhooks/{id}", clock())
        return Response(status_code=204)

    @router.post("/{id}/secret", summary="Change the secret", responses=described(models.WebhookSecret, "WEBHOOK_SECRET", 404))
    def rotate(request: Request, id: Id) -> Response:
        """A new secret, shown once. For 24 hours every message bears a signature of the old one too."""
        user = require(request, "admin")
        secret = hooks.rotate(id, clock())
        archive.audit.note(user, "webhook.rotate", f"webhooks/{id}", clock())
        return reply(request, {"secret": secret})

    @router.post("/{id}/state", summary="Stop or start a webhook", responses=described(models.Webhook, "WEBHOOK", 404))
    def set_state(request: Request, id: Id, wanted: models.WebhookState) -> Response:
        """A stopped one is told nothing; started again, it is told what changed meanwhile. A receiver that answers 410 is stopped."""
        user = require(request, "admin")
        hooks.stop(id, clock() if wanted.state == "stopped" else None)
        archive.audit.note(user, f"webhook.{wanted.state}", f"webhooks/{id}", clock())
        return reply(request, _json(hooks.get(id, clock())))

    _add_deliveries(router, archive, clock)
    return router


def _add_deliveries(router: APIRouter, archive: Archive, clock: Callable[[], datetime]) -> None:
    @router.get(
        "/{id}/deliveries", summary="What was delivered and what failed", responses=described(models.DeliveryPage, "DELIVERIES", 400, 404)
    )
    def deliveries(
        request: Request,
        id: Id,
        state: Annotated[Literal["waiting", "delivered", "failed"] | None, Query()] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(max_length=20, description="`next_cursor` of the page before")] = None,
    ) -> Response:
        """The newest first; settled ones are kept for thirty days."""
        require(request, "admin")
        archive.webhooks.get(id, clock())
        found = archive.webhooks.deliveries(id, state=state or "", before=read_cursor(cursor), limit=limit + 1)
        after = str(found[limit - 1].id) if len(found) > limit else None
        return reply(request, {"deliveries": [_delivery_json(one) for one in found[:limit]], "next_cursor": after})

    @router.post(
        "/{id}/deliveries/{delivery}/replay", summary="Send a message again", responses=described(models.Delivery, "DELIVERY", 404)
    )
    def replay(request: Request, id: Id, delivery: DeliveryId) -> Response:
        """The same message with the same `webhook-id`, with ten new attempts in three days."""
        user = require(request, "admin")
        archive.webhooks.get(id, clock())
        again = archive.webhooks.replay(id, delivery, clock())
        archive.audit.note(user, "webhook.replay", f"webhooks/{id}/deliveries/{delivery}", clock())
        return reply(request, _delivery_json(again))


def _json(hook: Webhook) -> Json:
    return {
        "id": hook.id,
        "name": hook.name,
        "url": hook.url,
        "query": hook.query,
        "events": list(hook.events),
        "state": "stopped" if hook.stopped_at else "active",
        "seq": hook.seq,
        "made_by": hook.made_by,
        "created_at": moment(hook.created_at),
    }


def _delivery_json(one: Delivery) -> Json:
    return {
        "id": one.id,
        "message_id": one.message_id,
        "event": one.event,
        "state": one.state,
        "attempts": one.attempts,
        "created_at": moment(one.created_at),
        "due_at": moment(one.due_at),
        "delivered_at": moment(one.delivered_at),
        "status": one.status,
        "error": one.error,
    }


def read_cursor(cursor: str | None) -> int | None:
    """The number that a cursor holds, None on the first page. Raises BadInput."""
    if not cursor:
        return None
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 10):
        raise BadInput("cursor", cursor, "not a cursor that this service gave")
    return int(cursor)
