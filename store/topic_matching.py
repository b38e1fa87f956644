"""Which articles have which of the user's topics: matched when an article is indexed, and again when a topic's query changes.

An article has a topic exactly when the topic's query finds it. Matching at indexing time asks a small index of the batch in memory, so
that it means the same for every engine; ``match_again`` asks the index itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import batched

import tantivy

from core.errors import Unavailable
from core.records import Article
from store.archive import Archive
from store.documents import Document
from store.query_tree import And, Is, Query
from store.tantivy_query import compiled
from store.tantivy_schema import prepared, schema, tantivy_document
from store.vocabulary import UserTopic

UserTopics = Callable[[], Sequence[UserTopic]]
_HEAP = 15_000_000


def tagged(documents: Sequence[Document], topics: Sequence[UserTopic]) -> list[Document]:
    """The documents with the ids of the user's topics that match them beside the 19."""
    if not topics or not documents:
        return list(documents)
    fields = schema()
    index = prepared(tantivy.Index(fields))
    writer = index.writer(_HEAP, 1)
    for document in documents:
        writer.add_document(tantivy_document(document))
    writer.commit()
    index.reload()
    searcher = index.searcher()
    found: dict[int, list[str]] = {}
    for topic in topics:
        for id, _ in searcher.search(compiled(topic.query.root, fields), len(documents), count=False, order_by_field="id").hits:
            found.setdefault(int(id), []).append(topic.id)
    return [_with_topics(document, found.get(document.id, [])) for document in documents]


def match_again(archive: Archive, batch: int = 500) -> int:
    """Index anew the articles whose user topics changed with ``topics.toml``; how many. Safe to repeat and to interrupt.

    Only articles are touched that gain or lose a topic; what an interrupted run left undone the next one finds.
    """
    index = archive.search
    wanted = {topic.id: topic for topic in archive.words().topics}
    known = index.matched_topics()
    marks = {id: topic.mark for id, topic in wanted.items()}
    if marks == known:
        return 0
    done = 0
    for id in sorted(marks.keys() | known.keys()):
        if marks.get(id) != known.get(id):
            done += _apply_differing(archive, id, wanted.get(id), batch)
    index.note_topics(marks)
    return done


def with_user_topics(archive: Archive, articles: Sequence[Article]) -> list[Article]:
    """The articles with the user topics that the index holds for them; without any while the engine is away."""
    names = {topic.id: topic.name for topic in archive.words().topics}
    if not names or not articles:
        return list(articles)
    these = And((Is("id", tuple(str(article.id) for article in articles)), Is("topic", tuple(names))))
    try:
        held = set(archive.search.counts(Query("", these), ("id", "topic")))
    except Unavailable:
        return list(articles)
    return [
        replace(article, user_topics=tuple((id, name) for id, name in names.items() if (str(article.id), id) in held))
        for article in articles
    ]


def _apply_differing(archive: Archive, id: str, topic: UserTopic | None, batch: int) -> int:
    index = archive.search
    having = set(index.matching_ids(Query("", Is("topic", (id,)))))
    differing = having ^ (set(index.matching_ids(topic.query)) if topic else set())
    for ids in batched(sorted(differing), batch):
        index.apply(archive.articles.get_many(ids), index.seq())
    return len(differing)


def _with_topics(document: Document, topics: list[str]) -> Document:
    return replace(document, values={**document.values, "topic": [*document.values.get("topic", ()), *topics]}) if topics else document
