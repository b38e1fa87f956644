"""Outlets with how many articles and addresses are known of each."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import models
from api.replies import described, reply
from core.records import Outlet
from render.shapes import outlet_json
from store.archive import Archive
from store.query import EVERYTHING


def build_router(archive: Archive, outlets: Mapping[str, Outlet]) -> APIRouter:
    """``/outlets``."""
    router = APIRouter(tags=["outlets"])

    @router.get("/outlets", summary="Every outlet with its coverage", responses=described(models.OutletList, "OUTLETS"))
    def list_outlets(request: Request) -> Response:
        """The configured outlets, and every other of which there are articles (its key is its name)."""
        counts = {key: count for (key,), count in archive.search.counts(EVERYTHING, ("outlet",)).items()}
        coverage = {one.outlet: one for one in archive.ledger.coverage()}
        rows = []
        for key in dict.fromkeys([*outlets, *sorted(counts)]):
            outlet = outlets.get(key) or Outlet(key, key, "", "")
            addresses = coverage[key].outcomes if key in coverage else {}
            rows.append(
                {
                    **outlet_json(outlet),
                    "articles": counts.get(key, 0),
                    "addresses": {outcome.value: count for outcome, count in addresses.items()},
                }
            )
        return reply(request, {"outlets": rows})

    return router
