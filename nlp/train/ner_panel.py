"""Trains the three readers of names (``nlp/names_model``) and makes their gazetteer of unlabelled news.

Run, in an order that may be broken off and taken up again (each part leaves its file in WORK):

    python -m nlp.train.ner_panel NER_FOLDER CLASSES.tsv WORK first
    python -m nlp.train.ner_panel NER_FOLDER CLASSES.tsv WORK count NEWS.jsonl.gz …
    python -m nlp.train.ner_panel NER_FOLDER CLASSES.tsv WORK readers [--without 0]

The training documents lie in five folds. A first reader that has not seen a document's fold gives its hints, so that what the hints say
while training is worth what it will be worth at run time: the reader of folds 1–4 for fold 0 and for every new document, readers of
three folds for 1–4. ``readers --without 0`` leaves fold 0 out of training: on it the features were chosen.
"""

import argparse
import gzip
import json
import pickle
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pycrfsuite

from nlp.name_hints import ORDER, Gazetteer, document_hints, level, phrases
from nlp.names import LONGEST, PANEL_FILES, WordFeatures, chunks, plain_tags, words
from nlp.normalize import fold
from nlp.train.ner_data import Sentence, documents, held_out

FOLDS = 5
LEAST = 4
LONGEST_NAME = 8
PERCEPTRON = ("ap", {"max_iterations": 12, "feature.minfreq": 3})
GRADIENTS = ("lbfgs", {"max_iterations": 60, "c1": 0.6, "c2": 0.05, "feature.minfreq": 2})

Document = tuple[str, list[Sentence]]
Counts = tuple[dict[int, Counter[tuple[str, str]]], dict[int, Counter[tuple[str, str]]], Counter[str]]


def fold_of(name: str) -> int:
    """The fold of a training document, 0–4, by its name."""
    return sha256(f"f{name}".encode()).digest()[0] % FOLDS


def training(folder: Path) -> list[Document]:
    """The documents that are not held out, in sentences of at most ``LONGEST`` tokens."""
    return [
        (name, [sentence[begin : begin + LONGEST] for sentence in sentences for begin in range(0, len(sentence), LONGEST)])
        for name, sentences in documents(folder)
        if not held_out(name)
    ]


def bilou(tags: Sequence[str]) -> list[str]:
    """Tags that tell a name's last token and a name of one. ``["B-LOC", "B-PER", "I-PER"]`` → ``["U-LOC", "B-PER", "L-PER"]``."""
    marked = ["O"] * len(tags)
    for first, end, kind in phrases(tags):
        marked[first:end] = [f"I-{kind}"] * (end - first)
        marked[first] = f"B-{kind}"
        marked[end - 1] = f"U-{kind}" if end - first == 1 else f"L-{kind}"
    return marked


def split(sentences: Sequence[Sentence]) -> tuple[list[list[str]], list[list[str]]]:
    """The tokens and the tags of sentences."""
    return [[token for token, _ in one] for one in sentences], [[tag for _, tag in one] for one in sentences]


def fit(rows: Iterable[tuple[list[list[str]], list[str]]], method: tuple[str, dict[str, float]], out: Path) -> None:
    """Train one CRF on ``rows`` (features and tags of each sentence) and write it."""
    algorithm, options = method
    trainer = pycrfsuite.Trainer(algorithm=algorithm, verbose=False)
    trainer.set_params(options)
    for features, tags in rows:
        trainer.append(features, bilou(tags))
    trainer.train(str(out))


def opened(path: Path) -> Any:
    """The tagger of a file."""
    tagger = pycrfsuite.Tagger()
    tagger.open(str(path))
    return tagger


def first_readers(found: list[Document], features: WordFeatures, work: Path) -> None:
    """Reader 0 is trained on folds 1–4, reader k on those but fold k."""
    for left_out in range(FOLDS):
        out = work / f"first{left_out}.crfsuite"
        if not out.exists():
            chosen = [split(sentences) for name, sentences in found if fold_of(name) not in {0, left_out}]
            rows = ((features.sentence(one), own) for tokens, tags in chosen for one, own in zip(tokens, tags, strict=True))
            fit(rows, ("ap", {"max_iterations": 12, "feature.minfreq": 2}), out)


def news(path: Path) -> Iterator[str]:
    """The texts of a file of articles or posts."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            yield f"{row.get('title') or ''}\n{row.get('text') or ''}"


def count(path: Path, features: WordFeatures, work: Path) -> None:
    """What every first reader takes for names in unlabelled texts."""
    readers = {number: opened(work / f"first{number}.crfsuite") for number in range(FOLDS)}
    single: dict[int, Counter[tuple[str, str]]] = {number: Counter() for number in readers}
    longer: dict[int, Counter[tuple[str, str]]] = {number: Counter() for number in readers}
    every: Counter[str] = Counter()
    for given in news(path):
        text = fold(given).text
        for part in chunks(words(text), text):
            tokens = [token for token, _, _ in part]
            every.update(tokens)
            items = pycrfsuite.ItemSequence(features.sentence(tokens))
            for number, reader in readers.items():
                for first, end, kind in phrases(plain_tags(reader.tag(items))):
                    single[number].update((token, kind) for token in tokens[first:end])
                    longer[number][" ".join(tokens[first:end]), kind] += 1
    (work / f"counts-{path.name}.pickle").write_bytes(pickle.dumps((single, longer, every)))


def gazetteers(work: Path, known: Iterable[str]) -> dict[int, Gazetteer]:
    """The gazetteer of each first reader; number 0's is written as the one that ships."""
    single: dict[int, Counter[tuple[str, str]]] = {number: Counter() for number in range(FOLDS)}
    longer: dict[int, Counter[tuple[str, str]]] = {number: Counter() for number in range(FOLDS)}
    every: Counter[str] = Counter()
    for path in sorted(work.glob("counts-*.pickle")):
        counted: Counts = pickle.loads(path.read_bytes())
        every.update(counted[2])
        for number in range(FOLDS):
            single[number].update(counted[0][number])
            longer[number].update(counted[1][number])
    made = {number: (_codes(single[number], every), _names(longer[number])) for number in range(FOLDS)}
    Gazetteer.write(work / PANEL_FILES[0], *made[0])
    vocabulary = frozenset(known)
    return {number: Gazetteer(codes, names, vocabulary) for number, (codes, names) in made.items()}


def _codes(single: Counter[tuple[str, str]], every: Counter[str]) -> dict[str, str]:
    shares: dict[str, list[int]] = {}
    for (word, kind), times in single.items():
        if every[word] >= LEAST and (reached := level(times / every[word])):
            shares.setdefault(word, [0, 0, 0])[ORDER.index(kind)] = reached  # type: ignore[arg-type]
    return {word: "".join(map(str, levels)) for word, levels in shares.items()}


def _names(longer: Counter[tuple[str, str]]) -> list[Any]:
    kinds: dict[str, Counter[str]] = {}
    for (name, kind), times in longer.items():
        if times >= LEAST and 0 < name.count(" ") < LONGEST_NAME:
            kinds.setdefault(name, Counter())[kind] = times
    return [(name, max(sorted(own), key=lambda kind: own[kind])) for name, own in kinds.items()]


def readers(found: list[Document], features: WordFeatures, work: Path, without: int | None) -> None:
    """The three readers that ship, of all folds or of all but one, on which they may be measured."""
    hints = gazetteers(work, features.classes)
    first = {number: opened(work / f"first{number}.crfsuite") for number in range(FOLDS)}

    def rows(name: str, tokens: list[list[str]], *, document: bool) -> list[list[list[str]]]:
        number = fold_of(name)
        made = [features.sentence(one) for one in tokens]
        tags = [plain_tags(first[number].tag(one)) for one in made]
        for one, own in zip(tokens, made, strict=True):
            hints[number].hint(one, own)
        if document:
            document_hints(tokens, tags, made)
        return made

    makers = (lambda _, tokens: [features.sentence(one) for one in tokens], partial(rows, document=False), partial(rows, document=True))
    for file, method, maker in zip(PANEL_FILES[1:], (PERCEPTRON, GRADIENTS, PERCEPTRON), makers, strict=True):
        out = work / (file if without is None else f"without{without}-{file}")
        chosen = [(name, *split(sentences)) for name, sentences in found if fold_of(name) != without]
        if not out.exists():
            fit((pair for name, tokens, tags in chosen for pair in zip(maker(name, tokens), tags, strict=True)), method, out)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("classes", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("part", choices=["first", "count", "readers"])
    parser.add_argument("news", type=Path, nargs="*")
    parser.add_argument("--without", type=int)
    options = parser.parse_args()
    features = WordFeatures.read(options.classes)
    options.work.mkdir(exist_ok=True)
    if options.part == "first":
        first_readers(training(options.data), features, options.work)
    elif options.part == "count":
        for path in options.news:
            count(path, features, options.work)
    else:
        readers(training(options.data), features, options.work, options.without)


if __name__ == "__main__":
    main()
