"""From a bulletin as it is kept to the book that page, PDF and Word show, and the steps that change its order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.records import Article
from dashboards.desk import Desk
from render.bulletin import Book, BookEntry, book_of_json, entry_of, plain, sections_of
from store.bulletins import Bulletin, Entry

Step = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A picked article that is not in the book, and why («نامرتبط شناخته شده است»)."""

    article: Article
    reason: str


def book_of(desk: Desk, bulletin: Bulletin) -> Book:
    """What the bulletin says: word for word as it was published, or as it would be published now."""
    if not bulletin.is_draft:
        return book_of_json(bulletin.document)
    articles = _articles(desk, bulletin)
    entries = [(_topic(one, articles[one.article_id]), _entry(desk, one, articles[one.article_id])) for one in _shown(bulletin, articles)]
    return Book(plain(bulletin.title), bulletin.day, plain(bulletin.note), sections_of(entries))


def left_out(desk: Desk, bulletin: Bulletin) -> list[LeftOut]:
    """What was picked and then marked as not relevant."""
    articles = _articles(desk, bulletin)
    return [LeftOut(article, "نامرتبط شناخته شده است") for article in articles.values() if not article.relevant]


def withdrawn(desk: Desk, bulletin: Bulletin) -> set[int]:
    """The picked articles that their outlet has taken down since."""
    return {article.id for article in _articles(desk, bulletin).values() if article.withdrawn_at}


def moved(book: Book, article_id: int, step: Step) -> list[int]:
    """The order of all articles after one has gone a place up or down within its section; at the section's edge nothing changes.

    a: 1, 2; b: 3 with 2 up → 2, 1, 3.
    """
    return [id for section in book.sections for id in _stepped([entry.article_id for entry in section.entries], article_id, step)]


def section_moved(book: Book, topic: str, step: Step) -> list[int]:
    """The order of all articles after a whole section has gone a place up or down."""
    topics = _stepped([section.topic for section in book.sections], topic, step)
    ids = {section.topic: [entry.article_id for entry in section.entries] for section in book.sections}
    return [id for one in topics for id in ids[one]]


def _stepped[T](order: Sequence[T], one: T, step: Step) -> list[T]:
    items = list(order)
    if one not in items:
        return items
    place = items.index(one)
    other = place + (-1 if step == "up" else 1)
    if 0 <= other < len(items):
        items[place], items[other] = items[other], items[place]
    return items


def _articles(desk: Desk, bulletin: Bulletin) -> dict[int, Article]:
    return {article.id: article for article in desk.archive.articles.get_many([one.article_id for one in bulletin.entries])}


def _shown(bulletin: Bulletin, articles: dict[int, Article]) -> list[Entry]:
    return [one for one in bulletin.entries if one.article_id in articles and articles[one.article_id].relevant]


def _topic(entry: Entry, article: Article) -> str:
    if entry.section:
        return entry.section
    topics = article.annotations.topics if article.annotations else ()
    return max(topics, key=lambda topic: topic.confidence).id if topics else "other"


def _entry(desk: Desk, entry: Entry, article: Article) -> BookEntry:
    return entry_of(article, desk.outlet_name(article.raw.outlet), entry.note)
