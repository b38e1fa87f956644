"""Corrections: a person's label over the machine's, for good."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api import written_models as models
from api.access import require, require_scope
from api.articles import Id
from api.replies import described, reply
from render.shapes import Json, moment
from store.archive import Archive
from store.audit import Audit

Field = Literal["tone", "city_tone", "topics", "relevant"]


def build_router(archive: Archive, clock: Callable[[], datetime]) -> APIRouter:
    """``/articles/{id}/corrections``."""
    router = APIRouter(prefix="/articles/{id}/corrections", tags=["corrections"])
    audit: Audit = archive.audit

    @router.get("", summary="The labels people set", responses=described(models.CorrectionList, "CORRECTIONS", 404))
    def list_corrections(request: Request, id: Id) -> Response:
        """Per field the correction that stands, with who made it and when."""
        return reply(request, _standing(archive, id))

    @router.post(
        "", summary="Set a label", status_code=201, responses=described(models.CorrectionList, "CORRECTIONS", 400, 404, status=201)
    )
    def correct(request: Request, id: Id, correction: models.NewCorrection) -> Response:
        """The label holds whatever the machine says later, and for the reprints too. An editor may, or a key with the scope `write`."""
        user, _ = require(request, "editor"), require_scope(request, "write")
        archive.articles.get(id)
        value = tuple(correction.value) if isinstance(correction.value, list) else correction.value
        archive.articles.correct([id], (correction.field, value), user.name, clock())
        audit.note(user, "article.correct", f"articles/{id}", clock(), f"{correction.field}={correction.value}")
        return reply(request, _standing(archive, id), 201)

    @router.delete("/{field}", summary="Take a label back", responses=described(models.CorrectionList, "CORRECTIONS", 404))
    def undo(request: Request, id: Id, field: Annotated[Field, Path(description="which label")]) -> Response:
        """Takes the newest correction of the field back: the one before it, else the machine's label, stands again."""
        user, _ = require(request, "editor"), require_scope(request, "write")
        archive.articles.get(id)
        archive.articles.undo_correction([id], field, clock())
        audit.note(user, "article.undo", f"articles/{id}", clock(), field)
        return reply(request, _standing(archive, id))

    return router


def _standing(archive: Archive, id: int) -> Json:
    archive.articles.get(id)
    rows = archive.articles.corrections([id]).get(id, {})
    return {
        "corrections": [
            {
                "field": one.field,
                "value": list(one.value) if isinstance(one.value, tuple) else one.value,
                "user": one.user,
                "at": moment(one.at),
            }
            for one in rows.values()
        ]
    }
