"""Named sets of outlets: the list, and forms to make, change and remove them."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import HTMLResponse, RedirectResponse

from core.errors import BadInput
from dashboards.access import require
from dashboards.desk import Desk
from render.words import alphabetical
from store.index import SearchIndex
from store.query import EVERYTHING

Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
Name = Annotated[str, Form(max_length=1000)]
Keys = Annotated[list[str], Form(max_length=1000)]


def build_router(desk: Desk) -> APIRouter:
    """``/settings/collections``."""
    router = APIRouter(prefix="/settings/collections")
    collections = desk.archive.collections

    @router.get("")
    def listed(request: Request) -> HTMLResponse:
        return _page(desk, may_edit=require(request, "viewer").may("editor"))

    @router.get("/{id}")
    def one(request: Request, id: Id) -> HTMLResponse:
        return _page(desk, may_edit=require(request, "viewer").may("editor"), chosen=id)

    @router.post("", response_model=None)
    def add(request: Request, name: Name = "", outlets: Keys = []) -> HTMLResponse | RedirectResponse:  # noqa: B006 (FastAPI copies it)
        user = require(request, "editor")
        try:
            made = collections.add(name, outlets, user.name, desk.clock())
        except BadInput as mistake:
            return _page(desk, may_edit=True, mistake=mistake, typed=(name, outlets))
        desk.archive.audit.note(user, "collection.add", f"collections/{made.id}", desk.clock(), made.name)
        return RedirectResponse("/settings/collections", 303)

    @router.post("/{id}", response_model=None)
    def change(request: Request, id: Id, name: Name = "", outlets: Keys = []) -> HTMLResponse | RedirectResponse:  # noqa: B006
        user = require(request, "editor")
        try:
            made = collections.change(id, name, outlets, user.name)
        except BadInput as mistake:
            return _page(desk, may_edit=True, chosen=id, mistake=mistake, typed=(name, outlets))
        desk.archive.audit.note(user, "collection.change", f"collections/{id}", desk.clock(), made.name)
        return RedirectResponse("/settings/collections", 303)

    @router.post("/{id}/remove")
    def remove(request: Request, id: Id) -> RedirectResponse:
        user, name = require(request, "editor"), collections.get(id).name
        collections.remove(id)
        desk.archive.audit.note(user, "collection.remove", f"collections/{id}", desk.clock(), name)
        return RedirectResponse("/settings/collections", 303)

    return router


def known_outlets(outlets: Mapping[str, str], index: SearchIndex) -> list[tuple[str, str]]:
    """(key, name) of every configured outlet and every other that has articles, by name."""
    keys = dict.fromkeys([*outlets, *(key for (key,) in index.counts(EVERYTHING, ("outlet",)))])
    return sorted(((key, outlets.get(key, key)) for key in keys), key=lambda pair: alphabetical(pair[1]))


def _page(
    desk: Desk, *, may_edit: bool, chosen: int = 0, mistake: BadInput | None = None, typed: tuple[str, Sequence[str]] | None = None
) -> HTMLResponse:
    collection = desk.archive.collections.get(chosen) if chosen else None
    name, outlets = typed or ((collection.name, collection.outlets) if collection else ("", ()))
    names = {key: outlet.name for key, outlet in desk.outlets.items()}
    known = desk.kept("known outlets", lambda: known_outlets(names, desk.archive.search))
    return desk.page(
        "collections.html",
        400 if mistake else 200,
        section="settings",
        collections=desk.archive.collections.all(),
        chosen=collection,
        known=known + [(key, key) for key in outlets if key not in dict(known)],
        name=name,
        outlets=set(outlets),
        mistake=mistake,
        may_edit=may_edit,
    )
