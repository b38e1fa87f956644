"""Which articles have which of the user's topics: matched when an article is indexed, and again when a topic's query changes.

An article has a topic exactly when the topic's query finds it. Matching at indexing time asks a small index of the batch in memory, so
that it means the same for every engine; ``match_again`` asks the index itself, and what it finds goes through the change log.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import tantivy

from core.errors import Unavailable
from core.records import Article
from store.archive import Archive
from store.changed import Changed
from store.documents import Document, document
from store.index import SearchIndex
from store.query_tree import And, Is, Query
from store.tantivy_query import compiled
from store.tantivy_schema import prepared, schema, tantivy_document
from store.vocabulary import UserTopic

UserTopics = Callable[[], Sequence[UserTopic]]
Topics = tuple[tuple[str, str], ...]
_HEAP = 15_000_000


def tagged(documents: Sequence[Document], topics: Sequence[UserTopic]) -> list[Document]:
    """The documents with the ids of the user's topics that match them beside the 19."""
    if not topics or not documents:
        return list(documents)
    fields = schema()
    index = prepared(tantivy.Index(fields))
    writer = index.writer(_HEAP, 1)
    for made in documents:
        writer.add_document(tantivy_document(made))
    writer.commit()
    index.reload()
    searcher = index.searcher()
    found: dict[int, list[str]] = {}
    for topic in topics:
        for id, _ in searcher.search(compiled(topic.query.root, fields), len(documents), count=False, order_by_field="id").hits:
            found.setdefault(int(id), []).append(topic.id)
    return [_with_topics(made, found.get(made.id, [])) for made in documents]


def match_again(archive: Archive) -> int:
    """Log the articles whose user topics changed with ``topics.toml`` as relabelled; how many. Safe to repeat and to interrupt.

    So the index, mirrors and webhooks learn of it as of any other label. Only articles are touched that gain or lose a topic.
    """
    index = archive.search
    wanted = {topic.id: topic for topic in archive.words().topics}
    known = index.matched_topics()
    marks = {id: topic.mark for id, topic in wanted.items()}
    if marks == known:
        return 0
    differing = [_differing(index, id, wanted.get(id)) for id in marks.keys() | known.keys() if marks.get(id) != known.get(id)]
    changed = sorted(set().union(*differing))
    archive.articles.relabelled(changed)
    index.note_topics(marks)
    return len(changed)


def with_user_topics(archive: Archive, articles: Sequence[Article]) -> list[Article]:
    """The articles with the user topics that the index holds for them; without any while the engine is away."""
    try:
        held = _held(archive, [article.id for article in articles])
    except Unavailable:
        return list(articles)
    return [replace(article, user_topics=held[article.id]) if article.id in held else article for article in articles]


def topics_of(archive: Archive, found: Sequence[Changed]) -> dict[int, Topics]:
    """Per changed article the user topics it has: those that the index holds, matched here for what it has not read yet.

    So a mirror is never told of topics that an older version of the article had, and the feed waits for no engine.
    """
    if not archive.words().topics or not found:
        return {}
    try:
        known = archive.search.seq()
        held = _held(archive, [one.change.article_id for one in found if one.change.seq <= known])
    except Unavailable:
        known, held = 0, {}
    fresh = archive.articles.get_many([one.change.article_id for one in found if one.change.seq > known])
    return held | _matched(fresh, archive.words().topics)


def _held(archive: Archive, ids: Sequence[int]) -> dict[int, Topics]:
    names = {topic.id: topic.name for topic in archive.words().topics}
    if not names or not ids:
        return {}
    these = And((Is("id", tuple(str(id) for id in ids)), Is("topic", tuple(names))))
    held = set(archive.search.counts(Query("", these), ("id", "topic")))
    having = {int(id) for id, _ in held}
    return {article: tuple((id, name) for id, name in names.items() if (str(article), id) in held) for article in having}


def _matched(articles: Sequence[Article], topics: Sequence[UserTopic]) -> dict[int, Topics]:
    documents = [document(article) for article in articles if article.withdrawn_at is None]
    return {
        made.id: tuple((topic.id, topic.name) for topic in topics if topic.id in made.values.get("topic", ()))
        for made in tagged(documents, topics)
    }


def _differing(index: SearchIndex, id: str, topic: UserTopic | None) -> set[int]:
    having = set(index.matching_ids(Query("", Is("topic", (id,)))))
    return having ^ (set(index.matching_ids(topic.query)) if topic else set())


def _with_topics(made: Document, topics: list[str]) -> Document:
    return replace(made, values={**made.values, "topic": [*made.values.get("topic", ()), *topics]}) if topics else made
