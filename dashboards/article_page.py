"""One article: the outlet's text with marks, its labels, who speaks, what is asked, its reprints and its versions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request
from starlette.responses import HTMLResponse, Response

from core.errors import BadInput, BadQuery, NotFound, Unavailable
from core.records import Article, BodyField, Mention
from dashboards.access import signed_in
from dashboards.desk import Desk
from dashboards.diff import Changed, compare
from dashboards.marked import Mark, cut, paragraphs
from dashboards.narrowing import Narrowing
from dashboards.search_page import read_order
from dashboards.similar import Similar, similar_articles
from render.words import KIND_NAMES, TONE_NAMES, tone_name
from store.highlight import marks
from store.index import SearchRequest
from store.query import parse_query
from store.topic_matching import with_user_topics

Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
_NEAR = 200
_LAYERS = (("entity", "نهادها"), ("quote", "نقل‌قول‌ها"), ("demand", "مطالبه‌ها"), ("evidence", "شاهد لحن"))


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """An entity of the article with how often it is named and the tone toward it ("" when nothing is said)."""

    name: str
    kind: str
    key: str | None
    count: int
    tone: str


def build_router(desk: Desk) -> APIRouter:
    """``/articles/{id}``, its revisions and the page as it was fetched."""
    router = APIRouter()

    @router.get("/articles/{id}")
    def article(request: Request, id: Id) -> HTMLResponse:
        return article_page(desk, with_user_topics(desk.archive, [desk.archive.articles.get(id)])[0], request.query_params.multi_items())

    @router.get("/articles/{id}/revisions")
    def revisions(id: Id) -> HTMLResponse:
        return revisions_page(desk, desk.archive.articles.get(id))

    @router.get("/articles/{id}/page")
    def page(id: Id) -> Response:
        return archived_page(desk, id)

    return router


def article_page(desk: Desk, article: Article, params: Sequence[tuple[str, str]]) -> HTMLResponse:
    """The page of one article; the search that led here is in ``params``: its words are marked, its neighbours are linked."""
    narrowing, order = desk.narrowing(params), dict(params).get("order", "")
    words = narrowing.text
    raw = article.raw
    members = desk.archive.articles.get_many(desk.archive.groups.members(article.reprint_group))
    members.sort(key=lambda one: (one.raw.published_at or one.first_seen_at, one.id))
    found = text_marks(article, "body") + _hits(desk, raw.body, words)
    present = Counter(mark.kind for mark in found)
    standing = desk.archive.articles.corrections([article.id]).get(article.id, {})
    user, query = signed_in.get(), urlencode(params)
    return desk.page(
        "article.html",
        article=article,
        headline=cut(raw.headline, text_marks(article, "headline") + _hits(desk, raw.headline, words)),
        paragraphs=paragraphs(raw.body, found),
        layers=[(kind, name, present[kind]) for kind, name in _LAYERS if present[kind]],
        entities=named_entities(article),
        members=[one for one in members if one.withdrawn_at is None] if len(members) > 1 else [],
        back=narrowing.url(order=order) if order else "",
        neighbours=find_neighbours(desk, article.id, narrowing, order) if order else (None, None),
        similar=_similar(desk, article),
        standing=standing,
        added=dict(params).get("added", ""),
        machine=desk.archive.articles.machine_labels(article.id) if standing else article.annotations,
        may_correct=user is not None and user.may("editor"),
        labels_url=f"/articles/{article.id}/labels?{query}" if query else f"/articles/{article.id}/labels",
        has_page=desk.archive.articles.page(article.id) is not None,
    )


def _similar(desk: Desk, article: Article) -> Sequence[Similar]:
    try:
        return desk.kept(("similar", article.id, article.revision), lambda: similar_articles(desk, article))
    except Unavailable:  # the article itself is read without the search engine
        return ()


def find_neighbours(desk: Desk, id: int, narrowing: Narrowing, order: str) -> tuple[str | None, str | None]:
    """The addresses of the hits before and after this one among the first 200 of the search; None where there is none."""
    try:
        request = SearchRequest(narrowing.query(desk.clock()), limit=_NEAR, order=read_order(order, narrowing))
        hits = desk.kept(("hits", narrowing, order), lambda: desk.archive.search.search(request).hits)
    except (BadInput, Unavailable):
        return None, None
    ids = [hit.id for hit in sorted(hits, key=lambda hit: hit.partial)]
    if id not in ids:
        return None, None
    place = ids.index(id)
    before, after = ids[:place][-1:], ids[place + 1 :][:1]
    addresses = [next((narrowing.url(f"/articles/{one}", order=order) for one in ones), None) for ones in (before, after)]
    return addresses[0], addresses[1]


def revisions_page(desk: Desk, article: Article) -> HTMLResponse:
    """The versions of an article, newest first, each with what changed from the one before."""
    versions = desk.archive.articles.revisions(article.id)
    steps = [(newer, changes(older.raw, newer.raw)) for older, newer in pairwise(versions)]
    return desk.page("revisions.html", article=article, first=versions[0] if versions else None, steps=list(reversed(steps)))


def archived_page(desk: Desk, id: int) -> Response:
    """The outlet's own page as fetched: as plain text, so that nothing in it runs here. Raises NotFound when none was kept."""
    page = desk.archive.articles.page(id)
    if page is None:
        raise NotFound("page", id)
    return Response(page, media_type="text/plain; charset=utf-8", headers={"X-Robots-Tag": "noindex"})


def text_marks(article: Article, field: BodyField) -> list[Mark]:
    """What the annotations mark in the body or the headline."""
    said = article.annotations
    if said is None:
        return []
    found = [
        Mark(q.span.start, q.span.end, "quote", f"گوینده: {q.speaker or q.mention or 'نامعلوم'}")
        for q in said.quotes
        if q.span.field == field
    ]
    found += [Mark(d.span.start, d.span.end, "demand", "مطالبه") for d in said.demands if d.span.field == field]
    for tone, about in ((said.tone, "لحن"), (said.city_tone, "لحن نسبت به شهر")):
        found += [Mark(s.start, s.end, "evidence", f"شاهد {about}: {tone_name(tone.label)}") for s in tone.evidence if s.field == field]
    return found + [_entity_mark(mention) for mention in said.entities if mention.span.field == field]


def named_entities(article: Article) -> list[NamedEntity]:
    """The entities of an article, the most named first; mentions of one entity are counted together."""
    if article.annotations is None:
        return []
    groups: dict[str, list[Mention]] = {}
    for mention in article.annotations.entities:
        groups.setdefault(mention.entity_id or mention.text, []).append(mention)
    entities = []
    for mentions in groups.values():
        longest = max(mentions, key=lambda one: len(one.text))
        tones = Counter(one.tone for one in mentions if one.tone and one.tone != "neutral")
        tone = tones.most_common(1)[0][0] if tones else ""
        entities.append(NamedEntity(longest.text, longest.kind, longest.entity_id, len(mentions), tone or ""))
    return sorted(entities, key=lambda one: -one.count)


def changes(older: object, newer: object) -> list[tuple[str, list[Changed]]]:
    """The parts that differ between two versions: (name of the part, the pieces)."""
    parts: Mapping[str, str] = {"kicker": "روتیتر", "headline": "تیتر", "lead": "لید", "body": "متن", "section": "بخش", "byline": "نویسنده"}
    return [
        (name, compare(getattr(older, part), getattr(newer, part)))
        for part, name in parts.items()
        if getattr(older, part) != getattr(newer, part)
    ]


def _entity_mark(mention: Mention) -> Mark:
    toward = f"، لحن: {TONE_NAMES[mention.tone]}" if mention.tone in TONE_NAMES else ""
    return Mark(mention.span.start, mention.span.end, "entity", f"{KIND_NAMES[mention.kind]}{toward}")


def _hits(desk: Desk, text: str, words: str) -> list[Mark]:
    if not words:
        return []
    try:
        query = parse_query(words, now=desk.clock(), words=desk.archive.words())
    except BadQuery:
        return []
    return [Mark(span.start, span.end, "hit") for span in marks(text, query)]
