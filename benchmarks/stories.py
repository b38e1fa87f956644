"""How well stories join reports of one event: pairs of real posts labelled same_story, update, different.

    python benchmarks/stories.py ../shared/data/reprints

Rarity is that of all posts in the folder; pairs further apart than 72 hours count as not joined.
"""

import gzip
import json
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.records import Annotations, Article, RawArticle, ToneLabel
from core.settings import ROOT
from nlp.entities import NamedEntities, mentions
from store.story_traits import Rarity, likeness, traits_of

WITHIN = timedelta(hours=72)
NEUTRAL = ToneLabel("neutral", 1.0, {"neutral": 1.0})


def main() -> None:
    """Prints precision and recall, and what was joined of every label."""
    folder = Path(sys.argv[1])
    with gzip.open(folder / "telegram_posts.jsonl.gz", "rt", encoding="utf-8") as lines:
        posts = [json.loads(line) for line in lines]
    pairs = [json.loads(line) for line in (folder / "labelled_pairs_dev.jsonl").read_text("utf-8").splitlines()]
    named = NamedEntities.load(ROOT / "config")
    wanted = {pair[side] for pair in pairs for side in "ij"}
    found = {post["i"]: article(post, named if post["i"] in wanted else None) for post in posts}
    traits = {i: traits_of(one) for i, one in found.items()}
    rarity = Rarity()
    for one in traits.values():
        rarity.add(one)
    joined: Counter[str] = Counter()
    for pair in pairs:
        i, j = pair["i"], pair["j"]
        near = abs(found[i].first_seen_at - found[j].first_seen_at) <= WITHIN
        joined[pair["label"]] += bool(near and likeness(traits[i], traits[j], rarity))
    every = Counter(pair["label"] for pair in pairs)
    right = joined["same_story"] + joined["update"]
    print(f"precision {right / (right + joined['different']):.3f}, recall {right / (every['same_story'] + every['update']):.3f}")
    for label in sorted(every):
        print(f"{label}: {joined[label]} of {every[label]} joined")


def article(post: dict[str, object], named: NamedEntities | None) -> Article:
    """A post as an article; without ``named`` it names nobody."""
    text, at = str(post["text"]), datetime.fromtimestamp(int(str(post["unix"])), UTC)
    raw = RawArticle(str(post["channel"]), "", "", str(post["i"]), "", text, at, published_at=at)
    entities = tuple(mentions(named.read("body", text), named.register, at)) if named else ()
    said = Annotations("benchmark", NEUTRAL, NEUTRAL, entities=entities)
    return Article(int(str(post["i"])) + 1, raw, at, int(str(post["i"])) + 1, annotations=said)


if __name__ == "__main__":
    main()
