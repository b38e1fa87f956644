"""Trains the name recogniser on the NSURL-2019 documents and measures phrase F1 on documents it never saw.

Run: python -m nlp.train.ner NER_FOLDER CLASSES.tsv OUT.crfsuite [--all]   (``--all``: train on the held-out part too, for what ships)
"""

import argparse
from pathlib import Path

import pycrfsuite

from nlp.name_hints import phrases
from nlp.names import KINDS, LONGEST, WordFeatures
from nlp.train.ner_data import Sentence, documents, held_out


def main() -> None:
    """Train, report per kind and in all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("classes", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--c1", type=float, default=0.1)
    parser.add_argument("--c2", type=float, default=0.02)
    parser.add_argument("--iterations", type=int, default=120)
    parser.add_argument("--minfreq", type=int, default=2)
    options = parser.parse_args()
    features = WordFeatures.read(options.classes)
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({"c1": options.c1, "c2": options.c2, "max_iterations": options.iterations, "feature.minfreq": options.minfreq})
    test: list[Sentence] = []
    for name, sentences in documents(options.data):
        for sentence in sentences:
            for begin in range(0, len(sentence), LONGEST):
                part = sentence[begin : begin + LONGEST]
                if held_out(name):
                    test.append(part)
                if options.all or not held_out(name):
                    trainer.append(features.sentence([token for token, _ in part]), [tag for _, tag in part])
    trainer.train(str(options.out))
    report(options.out, features, test)


def report(weights: Path, features: WordFeatures, test: list[Sentence]) -> None:
    """Print phrase precision, recall and F1 over ``test``."""
    tagger = pycrfsuite.Tagger()
    tagger.open(str(weights))
    counts = {kind: [0, 0, 0] for kind in (*sorted(KINDS), "all")}
    for sentence in test:
        gold = phrases([tag for _, tag in sentence])
        found = phrases(tagger.tag(features.sentence([token for token, _ in sentence])))
        for kind in counts:
            wanted = {phrase for phrase in gold if kind in (phrase[2], "all")}
            given = {phrase for phrase in found if kind in (phrase[2], "all")}
            counts[kind] = [a + b for a, b in zip(counts[kind], (len(wanted & given), len(given), len(wanted)), strict=True)]
    for kind, (right, given, wanted) in counts.items():
        print(
            f"{kind}: P {right / max(given, 1):.3f} R {right / max(wanted, 1):.3f} F1 {2 * right / max(given + wanted, 1):.3f} ({wanted})"
        )
    print(f"{weights.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
