"""Why a search does not show an article: the step of the crawl, the record or the clause of the query where it was lost."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from core.outcomes import Outcome
from store import explain
from store.archive import Archive
from store.engine import reading
from store.index import SearchRequest
from store.ledger_tables import crawl_addresses
from store.query import Query, parse_query
from store.query_tree import Is
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
    query = parse_query(text, now=now, words=archive.words())
    article = archive.articles.find_by_url(url)
    if article is None:
        return _lost_in_crawl(archive, url)
    if article.withdrawn_at is not None:
        return Reason("withdrawn", "رسانه این خبر را از سایت خود برداشته است.", article_id=article.id)
    if archive.search.search(SearchRequest(Query("", Is("id", (str(article.id),))), limit=0)).total == 0:
        return Reason("index", "این خبر در بایگانی هست و هنوز به نمایهٔ جست‌وجو نرسیده است.", article_id=article.id)
    clauses = explain.why_not(query, article.id, archive.search, archive.words())
    if clauses:
        means = "، ".join(clause.means for clause in clauses)
        return Reason("query", f"این بخش از جست‌وجو با خبر جور نیست: {means}", "، ".join(clause.text for clause in clauses), article.id)
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
