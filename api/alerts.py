"""Alert rules and the alerts that fired. Rules hold people's addresses: they are for administrators."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api import written_models as models
from api.access import require, require_scope
from api.replies import described, nothing_described, reply
from api.webhooks import read_cursor
from core.errors import BadInput
from render.shapes import Json, moment
from store.alerts import AlertRecord, AlertRule
from store.archive import Archive
from store.query import parse_query


def build_router(archive: Archive, clock: Callable[[], datetime]) -> APIRouter:
    """``/alerts`` and ``/alert-rules``."""
    router = APIRouter(tags=["alerts"])

    @router.get("/alerts", summary="The alerts that fired", responses=described(models.AlertPage, "ALERTS", 400))
    def list_alerts(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(max_length=20, description="`next_cursor` of the page before")] = None,
    ) -> Response:
        """The newest first."""
        found = archive.alerts.newest(limit + 1, read_cursor(cursor))
        after = str(found[limit - 1].id) if len(found) > limit else None
        return reply(request, {"alerts": [_alert_json(one) for one in found[:limit]], "next_cursor": after})

    @router.get("/alert-rules", summary="What is watched", responses=described(models.AlertRuleList, "ALERT_RULES"))
    def list_rules(request: Request) -> Response:
        """Every rule with its addresses."""
        require(request, "admin")
        require_scope(request, "admin")
        followed = archive.people.turns.watched()
        return reply(request, {"rules": [_rule_json(rule, followed.get(rule.id)) for rule in archive.alerts.rules()]})

    @router.post(
        "/alert-rules", summary="Watch a search", status_code=201, responses=described(models.AlertRule, "ALERT_RULE", 400, 404, status=201)
    )
    def add(request: Request, wanted: models.NewAlertRule) -> Response:
        """Judged every minute from now on; letters wait for the end of the quiet hours (Tehran)."""
        user, _ = require(request, "admin"), require_scope(request, "admin")
        if wanted.search and wanted.query:
            raise BadInput("query", wanted.query, "either query or search, not both", "یا جست‌وجو را بنویسید یا جست‌وجوی ذخیره‌شده را.")
        query = archive.people.saved_search(wanted.search).query if wanted.search else wanted.query
        parse_query(query, now=clock(), words=archive.words())
        quiet = (wanted.quiet_from, wanted.quiet_to)
        rule = archive.alerts.add(
            wanted.name, query, kinds=wanted.kinds, addresses=wanted.addresses, quiet=quiet, made_by=user.name, now=clock()
        )
        if wanted.search:
            archive.people.turns.watch(wanted.search, rule.id)
        archive.audit.note(user, "alert.add", f"alert-rules/{rule.id}", clock(), rule.name)
        return reply(request, _rule_json(rule, wanted.search), 201)

    @router.delete("/alert-rules/{id}", summary="Watch it no longer", status_code=204, responses=nothing_described(404))
    def remove(request: Request, id: Annotated[int, Path(ge=1, le=2**31 - 1, description="the rule's number")]) -> Response:
        """What it told before stays."""
        user, _ = require(request, "admin"), require_scope(request, "admin")
        archive.alerts.remove(id, clock())
        archive.audit.note(user, "alert.remove", f"alert-rules/{id}", clock())
        return Response(status_code=204)

    return router


def _rule_json(rule: AlertRule, search: int | None) -> Json:
    return {
        "id": rule.id,
        "name": rule.name,
        "query": rule.query,
        "search": search,
        "kinds": list(rule.kinds),
        "quiet_from": rule.quiet_from,
        "quiet_to": rule.quiet_to,
        "addresses": list(rule.addresses),
        "made_by": rule.made_by,
        "created_at": moment(rule.created_at),
    }


def _alert_json(alert: AlertRecord) -> Json:
    named = {"id": alert.id, "rule_id": alert.rule_id, "kind": alert.kind, "key": alert.key, "fired_at": moment(alert.fired_at)}
    return {**named, "headline": alert.document.get("headline", ""), "document": alert.document}
