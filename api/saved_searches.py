"""Saved searches: a named search of a user, the beginning of feeds, alerts and digests."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api import written_models as models
from api.access import require, require_scope
from api.replies import described, nothing_described, reply
from core.errors import NotFound
from render.shapes import Json, moment
from store.accounts import User
from store.archive import Archive
from store.people import SavedSearch


def build_router(archive: Archive, clock: Callable[[], datetime]) -> APIRouter:
    """``/saved-searches``."""
    router = APIRouter(prefix="/saved-searches", tags=["saved searches"])

    @router.get("", summary="The saved searches", responses=described(models.SavedSearchList, "SAVED_SEARCHES"))
    def list_searches(request: Request) -> Response:
        """A user's own and everybody's; an administrator sees all of them."""
        return reply(request, {"saved_searches": [_json(one) for one in _visible(archive, require(request, "viewer"))]})

    @router.post("", summary="Save a search", status_code=201, responses=described(models.SavedSearch, "SAVED_SEARCH", 400, status=201))
    def save(request: Request, search: models.NewSavedSearch) -> Response:
        """Keeps a search under a name; the same user's search of that name is replaced. A search that cannot be read is refused."""
        user, _ = require(request, "editor"), require_scope(request, "write")
        saved = archive.people.save_search(search.name, search.query, user.name, now=clock())
        archive.audit.note(user, "search.save", f"saved-searches/{saved.id}", clock(), saved.name)
        return reply(request, _json(saved), 201)

    @router.delete("/{id}", summary="Forget a saved search", status_code=204, responses=nothing_described(404))
    def remove(request: Request, id: Annotated[int, Path(ge=1, le=2**31 - 1, description="the saved search's number")]) -> Response:
        """Only one's own, unless an administrator asks."""
        user, _ = require(request, "editor"), require_scope(request, "write")
        if id not in {one.id for one in _visible(archive, user)}:
            raise NotFound("saved search", id)
        archive.people.remove_search(id)
        archive.audit.note(user, "search.remove", f"saved-searches/{id}", clock())
        return Response(status_code=204)

    return router


def _visible(archive: Archive, user: User) -> list[SavedSearch]:
    return archive.people.saved_searches(None if user.may("admin") else user.name)


def _json(one: SavedSearch) -> Json:
    return {"id": one.id, "name": one.name, "query": one.query, "user": one.user, "created_at": moment(one.created_at)}
