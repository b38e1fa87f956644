"""How well search finds what was meant: MAP, nDCG@10, P@10 and R@100 on judged queries, typed in several ways.

    python -m benchmarks.search_quality ../shared/data/search

Reads ``hamshahri/`` and ``city/`` below that folder (docs.jsonl.gz, *queries*.tsv, *qrels*.txt). Beside our engine stands plain BM25
(folded letters, words parted at spaces, any word matching). Nothing here is tuned on sealed queries.
"""

import argparse
import gzip
import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.letters import WORD, ZWNJ, fold
from core.records import Article, RawArticle
from store.index import SearchRequest
from store.query import parse_query
from store.tantivy_index import TantivyIndex

NOW = datetime(2026, 11, 24, tzinfo=UTC)
DEPTH = 1000
_ARABIC = str.maketrans("یکۀ", "يكة")
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_ENDINGS = ("ها", "های", "هایی", "هاي", "ي", "ی")


@dataclass(frozen=True)
class Collection:
    """Documents (id → headline, body), queries and judgements (query → document → grade)."""

    name: str
    documents: dict[str, tuple[str, str]]
    queries: dict[str, str]
    grades: dict[str, dict[str, int]]


def load(folder: Path) -> Collection:
    """A collection from its folder."""
    with gzip.open(folder / "docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    documents = {row.get("docid") or row["id"]: (row["title"], row.get("text") or row.get("body") or "") for row in rows}
    lines = [line.rstrip("\n").split("\t") for line in next(folder.glob("*queries*.tsv")).read_text("utf-8").splitlines()]
    queries = {row[0]: row[1] for row in lines if row[0] != "qid"}
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for line in next(folder.glob("*qrels*.txt")).read_text("utf-8").splitlines():
        query, _, document, grade = line.split()
        grades[query][document] = int(grade)
    return Collection(folder.name, documents, queries, grades)


def half_spaced(text: str) -> str:
    """Loose endings joined by a half-space: «نهنگ ها» → «نهنگ‌ها»."""
    words = text.split(" ")
    return " ".join(words[:1]) + "".join((ZWNJ if word in _ENDINGS else " ") + word for word in words[1:])


VARIANTS: dict[str, Callable[[str], str]] = {
    "as given": lambda text: text,
    "Persian letters": lambda text: text.replace("ي", "ی").replace("ك", "ک").replace("ة", "ه"),
    "Arabic letters": lambda text: text.translate(_ARABIC),
    "half-spaces": half_spaced,
    "no half-spaces": lambda text: half_spaced(text).replace(ZWNJ, " "),
    "joined": lambda text: half_spaced(text).replace(ZWNJ, ""),
    "Persian digits": lambda text: text.translate(_PERSIAN_DIGITS),
}


class Ours:
    """The embedded index as users meet it: matches first, partial matches after them."""

    def __init__(self, documents: dict[str, tuple[str, str]]) -> None:
        self.keys = list(documents)
        self.index = TantivyIndex.in_memory()
        articles = [_article(number, *documents[key]) for number, key in enumerate(self.keys, 1)]
        for start in range(0, len(articles), 2000):
            self.index.apply(articles[start : start + 2000], start)

    def ranked(self, query: str) -> list[str]:
        """Document keys, best first."""
        page = self.index.search(SearchRequest(parse_query(query, now=NOW), limit=DEPTH, fold=False))
        return [self.keys[hit.id - 1] for hit in page.hits]


class PlainBm25:
    """BM25 (k1 1.2, b 0.75) on folded words parted at spaces and half-spaces; any word matches."""

    def __init__(self, documents: dict[str, tuple[str, str]]) -> None:
        self.postings: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self.lengths = {}
        for key, (headline, body) in documents.items():
            counts = Counter(_plain_words(f"{headline} {body}"))
            self.lengths[key] = sum(counts.values())
            for word, count in counts.items():
                self.postings[word].append((key, count))
        self.mean = sum(self.lengths.values()) / len(self.lengths)

    def ranked(self, query: str) -> list[str]:
        """Document keys, best first."""
        scores: Counter[str] = Counter()
        for word in _plain_words(query):
            found = self.postings.get(word, [])
            weight = math.log(1 + (len(self.lengths) - len(found) + 0.5) / (len(found) + 0.5))
            for key, count in found:
                scores[key] += weight * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * self.lengths[key] / self.mean))
        return [key for key, _ in scores.most_common(DEPTH)]


def _plain_words(text: str) -> list[str]:
    return [part for word in WORD.findall(text) for part in fold(word).split(ZWNJ) if part]


def _article(number: int, headline: str, body: str) -> Article:
    url = f"https://quality.invalid/{number}"
    return Article(number, RawArticle("quality", url, url, str(number), headline, body, NOW, published_at=NOW), NOW, number)


def measured(ranked: list[str], grades: dict[str, int]) -> dict[str, float]:
    """MAP, nDCG@10, P@10 and R@100 of one ranking (a grade above 0 is relevant)."""
    relevant = {key for key, grade in grades.items() if grade > 0}
    hits, precision = 0, 0.0
    for place, key in enumerate(ranked, 1):
        if key in relevant:
            hits += 1
            precision += hits / place
    gains = [grades.get(key, 0) / math.log2(place + 1) for place, key in enumerate(ranked[:10], 1)]
    ideal = [grade / math.log2(place + 1) for place, grade in enumerate(sorted(grades.values(), reverse=True)[:10], 1)]
    return {
        "MAP": precision / len(relevant) if relevant else 0.0,
        "nDCG@10": sum(gains) / sum(ideal) if sum(ideal) else 0.0,
        "P@10": sum(key in relevant for key in ranked[:10]) / 10,
        "R@100": len(relevant.intersection(ranked[:100])) / len(relevant) if relevant else 0.0,
    }


def mean(collection: Collection, ranked: Callable[[str], list[str]], retyped: Callable[[str], str]) -> dict[str, float]:
    """The means over all queries of a collection."""
    rows = [measured(ranked(retyped(query)), collection.grades[key]) for key, query in collection.queries.items()]
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}


def main() -> None:
    """Prints one table a collection."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--queries", action="store_true", help="average precision of every query")
    options = parser.parse_args()
    for name in ("hamshahri", "city"):
        collection = load(options.folder / name)
        ours, plain = Ours(collection.documents), PlainBm25(collection.documents)
        print(f"\n{name}: {len(collection.documents)} documents, {len(collection.queries)} queries")
        print(f"{'':28}" + "".join(f"{measure:>9}" for measure in ("MAP", "nDCG@10", "P@10", "R@100")))
        for engine, ranked, variants in (("ours", ours.ranked, VARIANTS), ("plain BM25", plain.ranked, VARIANTS)):
            for variant, retyped in variants.items():
                row = mean(collection, ranked, retyped)
                print(f"{engine + ', ' + variant:28}" + "".join(f"{value:9.3f}" for value in row.values()))
        if options.queries:
            for key, query in collection.queries.items():
                pair = [measured(ranked(query), collection.grades[key]) for ranked in (ours.ranked, plain.ranked)]
                print(f"{key:4} {pair[0]['MAP']:.3f} {pair[1]['MAP']:.3f} {query}")


if __name__ == "__main__":
    main()
