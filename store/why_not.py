"""Why a search does not show an article: the step of the crawl, the record or the clause of the query where it was lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from core.outcomes import Outcome
from core.records import Article
from store.addresses import keys_of
from store.archive import Archive
from store.engine import reading
from store.index import SearchRequest
from store.ledger_tables import crawl_addresses
from store.query import Query, parse_query
from store.query_tree import Address, And, Bag, Node
from store.rows import address_key

Step = Literal["undiscovered", "crawl", "withdrawn", "index", "query", "found"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Where an article was lost. ``detail`` is the crawl's outcome or the clause as typed; ``persian`` the sentence for the user."""

    step: Step
    persian: str
    detail: str = ""
    article_id: int | None = None


def why_not(archive: Archive, text: str, url: str, now: datetime) -> Reason:
    """Why the search ``text`` does not find the article at ``url``; step "found" when it does. Raises BadQuery."""
    query = parse_query(text, now=now)
    article = archive.articles.find_by_url(url)
    if article is None:
        return _lost_in_crawl(archive, url)
    if article.withdrawn_at is not None:
        return Reason("withdrawn", "رسانه این خبر را از سایت خود برداشته است.", article_id=article.id)
    if not _matches(archive, Query("", And(())), article):
        return Reason("index", "این خبر در بایگانی هست و هنوز به نمایهٔ جست‌وجو نرسیده است.", article_id=article.id)
    for clause in _clauses(query.root):
        if not _matches(archive, Query("", clause), article):
            words = _as_typed(text, clause)
            return Reason("query", f"این بخش از جست‌وجو با خبر جور نیست: {words}", words, article.id)
    return Reason("found", "این جست‌وجو خبر را پیدا می‌کند.", article_id=article.id)


def _lost_in_crawl(archive: Archive, url: str) -> Reason:
    key = address_key(url)
    spellings = [f"{scheme}://{www}{key}{slash}" for scheme in ("https", "http") for www in ("", "www.") for slash in ("", "/")]
    known = sa.select(crawl_addresses.c.outcome, crawl_addresses.c.detail).where(crawl_addresses.c.url.in_([url, *spellings]))
    with reading(archive.engine) as connection:
        row = connection.execute(known.order_by(crawl_addresses.c.id.desc()).limit(1)).first()
    if row is None:
        return Reason("undiscovered", "این نشانی در هیچ خوراک، نقشهٔ سایت یا فهرستی دیده نشده است.")
    outcome = Outcome(row.outcome)
    return Reason("crawl", f"خزنده این نشانی را می‌شناسد: {outcome.persian}.", f"{outcome}: {row.detail}" if row.detail else str(outcome))


def _matches(archive: Archive, query: Query, article: Article) -> bool:
    """Whether the article is among the matches; asked of the engine itself, narrowed to the article's address."""
    keys = tuple(key for url in (article.raw.canonical_url, article.raw.url) for key in keys_of(url)[:1])
    narrowed = Query("", And((Address(article.raw.url, keys), *((query.root,) if query.root != And(()) else ()))))
    page = archive.search.search(SearchRequest(narrowed, limit=50, order="newest", fold=False))
    return any(hit.id == article.id for hit in page.hits)


def _clauses(node: Node) -> Iterator[Node]:
    """What must all hold, one after the other: the parts of the outermost AND or of the words beside each other."""
    if isinstance(node, And | Bag):
        for part in node.parts:
            yield from _clauses(part)
    else:
        yield node


def _as_typed(text: str, node: Node) -> str:
    """The part of the typed text that a clause stands for."""
    ends = sorted(_places(node))
    return text[ends[0][0] : max(end for _, end in ends)] if ends else text


def _places(node: Node) -> Iterator[tuple[int, int]]:
    parts = getattr(node, "parts", None) or ([node.part] if hasattr(node, "part") else [])
    for part in parts:
        yield from _places(part)
    start, end = getattr(node, "start", 0), getattr(node, "end", 0)
    if end > start:
        yield start, end
