"""Correcting what the machine said, in one click and with undo: tone, tone toward the city, topics, and «not relevant».

A correction holds for the whole reprint group, lies apart from the machine's label and is audited.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import RedirectResponse

from core.errors import BadInput
from core.records import TOPICS, Article
from dashboards.access import require
from dashboards.desk import Desk
from store.corrections import FIELDS

Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
_Text = Annotated[str, Form(max_length=100)]
RELEVANT = {"yes": True, "no": False}
MOST_TOPICS = 6


def build_router(desk: Desk) -> APIRouter:
    """``POST /articles/{id}/labels``: ``field`` with ``value``, for topics ``add`` or ``drop``, or ``undo``."""
    router = APIRouter()

    @router.post("/articles/{id}/labels")
    def correct(
        request: Request, id: Id, field: _Text, value: _Text = "", add: _Text = "", drop: _Text = "", undo: _Text = "", to: _Text = ""
    ) -> RedirectResponse:
        user = require(request, "editor")
        article = desk.archive.articles.get(id)
        members = desk.archive.groups.members(article.reprint_group)
        if field not in FIELDS:
            raise BadInput("field", field, f"not one of {FIELDS}", "این برچسب را نمی‌توان اصلاح کرد.")
        if undo:
            desk.archive.articles.undo_correction(members, field, desk.clock())
            desk.archive.audit.note(user, "article.undo", f"articles/{id}", desk.clock(), field)
        else:
            label = new_label(article, field, value, (add, drop))
            desk.archive.articles.correct(members, (field, label), user.name, desk.clock())
            desk.archive.audit.note(user, "article.correct", f"articles/{id}", desk.clock(), f"{field}={label} in {len(members)} articles")
        return RedirectResponse(back(request, id, to), 303)

    return router


def back(request: Request, id: int, to: str = "") -> str:
    """The article's page with the search that led to it, at its labels; with ``to`` «search» the line of that search."""
    query = f"?{request.url.query}" if request.url.query else ""
    return f"/search{query}#hit-{id}" if to == "search" else f"/articles/{id}{query}#labels"


def new_label(article: Article, field: str, value: str, topic: tuple[str, str]) -> object:
    """The label that the form asks for: «negative», False for «not relevant», the topics with one more or one less. Raises BadInput."""
    if field == "relevant":
        if value not in RELEVANT:
            raise BadInput("value", value, "yes or no is expected", "مرتبط یا نامرتبط؟ یکی را برگزینید.")
        return RELEVANT[value]
    return changed_topics(article, *topic) if field == "topics" else value


def changed_topics(article: Article, add: str, drop: str) -> tuple[str, ...]:
    """The topics of an article with one added or dropped. Raises BadInput for a topic that is not ours, or one too many."""
    topics = [topic.id for topic in article.annotations.topics] if article.annotations else []
    if add and add not in TOPICS:
        raise BadInput("add", add, "not a topic", "این موضوع در فهرست نیست.")
    kept = [topic for topic in topics if topic != drop] + [add] * bool(add and add not in topics)
    if len(kept) > MOST_TOPICS:
        raise BadInput("add", add, f"more than {MOST_TOPICS} topics", "هر خبر دست‌بالا شش موضوع دارد؛ نخست یکی را بردارید.")
    return tuple(kept)
