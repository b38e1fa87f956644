"""Articles like this one: those of the same event first, then others that share its rare words and names. Reprints are not told here."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.letters import WORD
from core.persian import surface_of, term_of
from core.records import Article
from dashboards.desk import Desk
from store.index import SearchIndex, SearchRequest
from store.query import parse_query
from store.query_words import STOP_TERMS

MOST = 6
_READ = 900
_ASKED = 10
_CANDIDATES = 14
_LEAST_SHARED = 3
_COMMON_SHARE = 0.04


@dataclass(frozen=True, slots=True)
class Similar:
    """A like article, whether it tells of the same event, and the words that both share, rarest first."""

    article: Article
    same_event: bool
    shared: tuple[str, ...]


def similar_articles(desk: Desk, article: Article) -> list[Similar]:
    """At most ``MOST``, the likest first; each with what makes it alike."""
    words = rare_words(article, desk.archive.search)
    event = _same_event(desk, article)
    asked = " OR ".join(f'"{word}"' for word in words.values())
    hits: tuple[int, ...] = ()
    if words:
        request = SearchRequest(parse_query(asked, now=desk.clock()), limit=_CANDIDATES)
        hits = tuple(hit.id for hit in desk.archive.search.search(request).hits)
    ids = dict.fromkeys([*event, *hits])
    found = []
    for other in desk.archive.articles.get_many(list(ids)):
        shared = shared_words(other, words)
        if (
            other.reprint_group != article.reprint_group
            and other.withdrawn_at is None
            and (other.id in event or len(shared) >= _LEAST_SHARED)
        ):
            found.append(Similar(other, other.id in event, shared[:5]))
    found.sort(key=lambda one: (not one.same_event, -len(one.shared)))
    return _one_of_each_group(found)[:MOST]


def rare_words(article: Article, index: SearchIndex) -> dict[str, str]:
    """The words by which an article is found again, rarest first: {term: word as written}. Words that few others have are left out."""
    raw = article.raw
    written: dict[str, str] = {}
    for word in WORD.findall(f"{raw.headline}\n{raw.lead}\n{raw.body}"[:_READ]):
        term = term_of(word)
        if len(term) > 2 and not term.isdigit() and term not in STOP_TERMS:
            written.setdefault(term, word)
    counts = index.spellings([surface_of(word) for word in written.values()])
    common = max(5, _COMMON_SHARE * index.count())
    known = [(counts.get(surface_of(word), 0), term) for term, word in written.items()]
    return {term: written[term] for _count, term in sorted(one for one in known if 1 < one[0] <= common)[:_ASKED]}


def shared_words(other: Article, words: dict[str, str]) -> tuple[str, ...]:
    """Which of the words stand in another article's beginning, in the given order."""
    raw = other.raw
    there = {term_of(word) for word in WORD.findall(f"{raw.headline}\n{raw.lead}\n{raw.body}"[: 2 * _READ])}
    return tuple(word for term, word in words.items() if term in there)


def _same_event(desk: Desk, article: Article) -> list[int]:
    stories = desk.archive.stories
    story = stories.stories_of([article.reprint_group])[article.reprint_group]
    return [id for id in stories.members(story) if id != article.reprint_group][:MOST]


def _one_of_each_group(found: Sequence[Similar]) -> list[Similar]:
    groups: dict[int, Similar] = {}
    for one in found:
        groups.setdefault(one.article.reprint_group, one)
    return list(groups.values())
