"""The articles of the speed benchmark: sentences of given texts recombined, with labels, names and reprints, and what is asked of them.

Article number N is the same in every run and for every size, so an archive of ten thousand is the beginning of one of a million.
"""

import gzip
import json
import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from core.persian import term_of, term_text
from core.records import CITY_TONES, TONES, TOPICS, Annotations, Demand, Mention, Quote, RawArticle, Span, ToneLabel, TopicLabel
from core.settings import Settings
from store.archive import open_archive
from store.engine import writing
from store.query_words import STOP_TERMS
from store.saving import make_draft, save_drafts
from store.tables import articles
from store.tagging import write_annotations
from store.tantivy_index import TantivyIndex

NOW = datetime(2026, 11, 24, tzinfo=UTC)
OUTLETS = 60
YEARS = 4
_TEXTS = 20_000
_TOGETHER = 1000
_SENTENCES = 11
_REPRINT_EVERY = 12
_FINGERPRINT_BYTES = 128
_SEED = 1_000_003
_KINDS = ("PER", "ORG", "LOC")
_SECTIONS = ("شهری", "اجتماعی", "فرهنگی", "ورزشی", "اقتصادی", "سیاسی", "حوادث")


@dataclass(frozen=True)
class Corpus:
    """Sentences, and words to ask for (no stop words) by the share of articles that hold them: ``common`` 5 to 25 %,
    ``middle`` 0.5 to 5 %, ``rare`` 0.005 to 0.1 %."""

    sentences: list[str]
    common: list[str]
    middle: list[str]
    rare: list[str]

    def article(self, number: int) -> tuple[RawArticle, Annotations, int]:
        """(article, its labels, number of the article it reprints or its own)."""
        if number % _REPRINT_EVERY:
            return (*self._original(number), number)
        first = number - 1 - number % 7
        raw, said = self._original(first)
        outlet = f"outlet{(int(raw.outlet.removeprefix('outlet')) + 1 + number % (OUTLETS - 1)) % OUTLETS}"
        url = f"https://{outlet}.invalid/news/{number}"
        assert raw.published_at is not None
        later = raw.published_at + timedelta(minutes=number % 900)
        return replace(raw, outlet=outlet, url=url, canonical_url=url, news_id=str(number), published_at=later), said, first

    def _original(self, number: int) -> tuple[RawArticle, Annotations]:
        chance = random.Random(number * _SEED)
        body = "\n".join(chance.choices(self.sentences, k=chance.randint(6, 14)))
        outlet = f"outlet{int(OUTLETS * chance.random() ** 2)}"
        url = f"https://{outlet}.invalid/news/{number}"
        raw = RawArticle(
            outlet,
            url,
            url,
            str(number),
            headline=" ".join(chance.choice(self.sentences).split()[:9]),
            body=body,
            fetched_at=NOW,
            lead=chance.choice(self.sentences),
            section=chance.choice(_SECTIONS),
            published_at=NOW - timedelta(seconds=chance.randrange(YEARS * 365 * 86400)),
        )
        return raw, _labels(chance, body)

    def queries(self, seed: int) -> dict[str, str]:
        """Forty-eight shapes with the words of this seed: rare to common words, phrases, NEAR, prefixes, misspellings, boolean, filters."""
        chance = random.Random(seed)
        common, middle = self.common, self.middle
        pools = {"rare": self.rare, "middle": middle, "common": common}
        found = {f"one {name} word {turn}": chance.choice(pool) for name, pool in pools.items() for turn in range(3)}
        found |= {f"two {name} words {turn}": " ".join(chance.sample(pool, 2)) for name, pool in pools.items() for turn in range(3)}
        found |= {
            f"three mixed words {turn}": f"{chance.choice(common)} {chance.choice(middle)} {chance.choice(common)}" for turn in range(4)
        }
        for turn in range(4):
            found |= {f"phrase {turn}": f'"{self._neighbours(chance, 1)}"', f"near {turn}": f'"{self._neighbours(chance, 3)}"~5'}
        found["near of three"] = f'"{" ".join(chance.sample(middle, 3))}"~4'
        found |= {f"prefix {turn}": chance.choice(middle)[:4] + "*" for turn in range(3)}
        found |= {f"fuzzy {turn}": chance.choice(middle) + "~1" for turn in range(2)}
        found |= {f"either {turn}": f"({chance.choice(middle)} OR {chance.choice(common)}) -{chance.choice(common)}" for turn in range(4)}
        filters = ("tone:negative", f"outlet:outlet{chance.randrange(OUTLETS)} topic:transport", "from:1404/01/01 to:1404/06/31")
        found |= {f"filter {turn}": f"{chance.choice(common)} {narrowed}" for turn, narrowed in enumerate(filters)}
        found["headline"] = f"headline:{chance.choice(common)}"
        found |= {
            "everything": "",
            "only a filter": f"tone:{chance.choice(TONES)}",
            "an entity": f'entity:"نام فرضی {chance.randrange(300)}"',
        }
        return found | {"a day": f"on:1404/{chance.randint(1, 12)}/{chance.randint(1, 29)}"}

    def _neighbours(self, chance: random.Random, apart: int) -> str:
        """Two words of one sentence so far apart, no stop words."""
        while True:
            words = chance.choice(self.sentences).split()
            if len(words) > 8:
                first, second = words[2], words[2 + apart]
                if first.isalpha() and second.isalpha() and not {term_of(first), term_of(second)} & STOP_TERMS:
                    return f"{first} {second}"


def read_corpus(texts: Path) -> Corpus:
    """Sentences and words of twenty thousand texts (JSON lines with ``text``, gzip)."""
    with gzip.open(texts, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line)["text"] for line, _ in zip(lines, range(_TEXTS), strict=False)]
    sentences = [part.strip() for row in rows for part in row.replace("!", ".").split(".") if 40 < len(part.strip()) < 300]
    held = Counter(term for sentence in sentences for term in set(term_text(sentence).split()))
    share = {term: 1 - (1 - count / len(sentences)) ** _SENTENCES for term, count in held.items()}
    written = Counter(word for sentence in sentences for word in sentence.split() if len(word) > 3 and word.isalpha())
    words = [(word, share.get(term_of(word), 0.0)) for word, _ in written.most_common() if term_of(word) not in STOP_TERMS]
    bounds = ((0.05, 0.25), (0.005, 0.05), (0.00005, 0.001))
    return Corpus(sentences, *([word for word, held in words if low <= held < high] for low, high in bounds))


def build(settings: Settings, corpus: Corpus, count: int) -> int:
    """Puts the articles still missing up to number ``count`` into the records (no index); how many. Safe to interrupt and repeat."""
    archive = open_archive(settings, TantivyIndex(settings.index_folder))
    try:
        made = archive.articles.count()
        for first in range(made + 1, count + 1, _TOGETHER):
            _save(archive.engine, [corpus.article(number) for number in range(first, min(first + _TOGETHER, count + 1))])
        return max(0, count - made)
    finally:
        archive.close()


def _save(engine: sa.Engine, made: list[tuple[RawArticle, Annotations, int]]) -> None:
    """One large transaction: nobody else writes this archive, and a million articles are many."""
    drafts = [make_draft(raw) for raw, _, _ in made]
    with writing(engine) as connection:
        ids = [one.id for one in save_drafts(connection, drafts)]
        write_annotations(connection, [(id, 1, said) for id, (_, said, _) in zip(ids, made, strict=True)], NOW, "")
        regroup = sa.update(articles).where(articles.c.id == sa.bindparam("key")).values(reprint_group=sa.bindparam("first"))
        groups = [{"key": id, "first": first} for id, (_, _, first) in zip(ids, made, strict=True) if first != id]
        if groups:
            connection.execute(regroup, groups)


def _labels(chance: random.Random, body: str) -> Annotations:
    """Labels of about the size that real articles have: six names, a quotation, sometimes a demand."""
    tone = _tone(chance, chance.choice(TONES), TONES)
    sentences = body.split("\n")
    quote = sentences[1]
    start = len(sentences[0]) + 1
    name = f"نام فرضی {int(300 * chance.random() ** 2)}"
    quotes = (Quote(quote, Span(start, start + len(quote)), "گفت", name, name, None, "مدیر", "management", False),)
    demands = (Demand(sentences[2], Span(start + len(quote) + 1, start + len(quote) + 1 + len(sentences[2]))),)
    return Annotations(
        "speed",
        tone,
        _tone(chance, chance.choice(CITY_TONES), CITY_TONES),
        tuple(TopicLabel(topic, 0.8) for topic in chance.sample(TOPICS, 2)),
        tuple(_mention(chance, body) for _ in range(6)),
        quotes if chance.random() < 0.7 else (),
        demands if chance.random() < 0.15 else (),
        chance.randbytes(_FINGERPRINT_BYTES),
    )


def _tone(chance: random.Random, label: str, labels: tuple[str, ...]) -> ToneLabel:
    share = chance.uniform(0.5, 0.95)
    rest = (1 - share) / (len(labels) - 1)
    return ToneLabel(label, share, {name: share if name == label else rest for name in labels}, evidence=(Span(0, 60),))


def _mention(chance: random.Random, body: str) -> Mention:
    place = chance.randrange(max(1, len(body) - 20))
    number = int(300 * chance.random() ** 2)
    return Mention(f"نام فرضی {number}", _KINDS[number % 3], Span(place, place + 12), None, "neutral")  # type: ignore[arg-type]
