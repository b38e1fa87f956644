"""How good spans and pairs are: `rasad eval ner|quotes|demand_spans|reprints` on held-out documents, with a plain floor beside ours."""

import csv
import gzip
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import BadInput
from core.records import Demand, Quote
from nlp.annotate import Annotator
from nlp.entities import NamedEntities
from nlp.fingerprint import bands, fingerprint, is_reprint
from nlp.normalize import fold_word
from nlp.quotes import find_quotes
from nlp.text import Text
from nlp.train.ner_data import documents, held_out
from nlp.train.rows import OURS, key_of, read_split

ROUNDS = 1000
SEED = 17
OVERLAP_LEAST = 0.8
DEMAND_OVERLAP = 0.5
HELD_ARTICLES = 77  # of 256: the share of articles whose hash keeps them out of development

Counts = tuple[int, int, int]  # right, given, wanted


@dataclass(frozen=True)
class SpanScore:
    """F1, precision and recall of one measure with the 95 % interval of F1 over documents; ``floor`` is the plain way's F1 or None."""

    name: str
    documents: int
    wanted: int
    f1: float
    low: float
    high: float
    precision: float
    recall: float
    floor: float | None = None


@dataclass(frozen=True)
class SpanReport:
    """The scores of a task; ``note`` says which documents and what counts as right.

    ``confusion`` counts what is true (its first cell names the row) against what was said (``columns``).
    """

    task: str
    note: str
    scores: tuple[SpanScore, ...]
    columns: tuple[str, ...] = ()
    confusion: tuple[tuple[str, tuple[int, ...]], ...] = ()

    @property
    def text(self) -> str:
        """A plain table."""
        lines = [f"{self.task}: {self.note}; 95 % bootstrap over documents ({ROUNDS} rounds, seed {SEED})"]
        lines.append(f"{'measure':<26}{'docs':>6}{'wanted':>8}  {'F1':<22}{'P':>7}{'R':>7}{'floor':>8}")
        for one in self.scores:
            floor = "–" if one.floor is None else f"{one.floor:.3f}"
            figure = f"{one.f1:.3f} [{one.low:.3f}, {one.high:.3f}]"
            lines.append(f"{one.name:<26}{one.documents:>6}{one.wanted:>8}  {figure:<22}{one.precision:>7.3f}{one.recall:>7.3f}{floor:>8}")
        if self.confusion:
            lines += ["", "truth \\ ours".ljust(14) + "".join(name.rjust(14) for name in self.columns)]
            lines += [name.ljust(14) + "".join(str(count).rjust(14) for count in counts) for name, counts in self.confusion]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """The same figures for programs."""
        return asdict(self)


def evaluate(task: str, data: Path, config: Path, part: str = "held") -> SpanReport:
    """Measure ``task`` on the data in ``data``; ``part`` "dev" measures quotes and demands on the articles they were developed on.

    Raises BadInput for an unknown task and OSError when the data are not there.
    """
    if task == "ner":
        return _ner(data / "ner", NamedEntities.load(config))
    if task == "quotes":
        return _quotes(data / "quotes" / "annotated_articles.jsonl", NamedEntities.load(config), part)
    if task == "demand_spans":
        return _demands(data, Annotator.load(config), part)
    if task == "reprints":
        return _reprints(data / "reprints")
    raise BadInput("task", task, "must be one of ner, quotes, demand_spans, reprints")


def score(name: str, counts: Sequence[Counts], floor: Sequence[Counts] | None = None) -> SpanScore:
    """The figures of a measure from each document's counts."""
    table = np.array(counts, dtype=float).reshape(-1, 3)
    right, given, wanted = table.sum(axis=0)
    random = np.random.default_rng(SEED)
    rounds = [f1(*table[random.integers(0, len(table), len(table))].sum(axis=0)) for _ in range(ROUNDS)] if len(table) else [0.0]
    low, high = np.quantile(rounds, [0.025, 0.975])
    base = None if floor is None else round(f1(*np.array(floor, dtype=float).reshape(-1, 3).sum(axis=0)), 4)
    figures = [round(float(figure), 4) for figure in (f1(right, given, wanted), low, high, right / max(given, 1), right / max(wanted, 1))]
    return SpanScore(name, len(table), int(wanted), figures[0], figures[1], figures[2], figures[3], figures[4], base)


def f1(right: float, given: float, wanted: float) -> float:
    """Twice the right ones over all given and all wanted; 0 when there is neither."""
    return 2 * right / (given + wanted) if given + wanted else 0.0


def _ner(folder: Path, entities: NamedEntities) -> SpanReport:
    found: dict[str, list[Counts]] = {"PER": [], "ORG": [], "LOC": [], "all": []}
    floor: list[Counts] = []
    met: Counter[tuple[str, str]] = Counter()
    for name, sentences in documents(folder):
        if not held_out(name):
            continue
        text, wanted = _laid_out(sentences)
        part = entities.read("body", text)
        given = {(one.start, one.end, one.kind) for one in part.named if not one.office}
        for kind in found:
            ours, gold = ({one for one in spans if kind in (one[2], "all")} for spans in (given, wanted))
            found[kind].append((len(ours & gold), len(ours), len(gold)))
        met.update(_kinds_met(wanted, given))
        plain = {(one.start, one.end, entities.register.kind(one.key)) for one in entities.register.find(part.folded.text)}
        floor.append((len(plain & wanted), len(plain), len(wanted)))
    note = "whole documents of NSURL-2019 kept out by their hash; a phrase is right when both ends and the kind are"
    scores = [score(kind, counts, floor if kind == "all" else None) for kind, counts in found.items()]
    columns = ("PER", "ORG", "LOC", "no such span")
    confusion = tuple((kind, tuple(met[kind, said] for said in columns)) for kind in columns)
    return SpanReport("ner", f"{note}; floor: the register alone", tuple(scores), columns, confusion)


def _kinds_met(wanted: Collection[tuple[int, int, str]], given: Collection[tuple[int, int, str]]) -> Iterable[tuple[str, str]]:
    """For every span of either the kind that is true and the kind that was said."""
    true, said = ({(start, end): kind for start, end, kind in spans} for spans in (wanted, given))
    return [(true.get(place, "no such span"), said.get(place, "no such span")) for place in true.keys() | said.keys()]


def _laid_out(sentences: Iterable[Sequence[tuple[str, str]]]) -> tuple[str, set[tuple[int, int, str]]]:
    """A document as running text, one sentence a line, and the spans of its phrases."""
    pieces: list[str] = []
    spans: list[tuple[int, int, str]] = []
    place = 0
    for sentence in sentences:
        previous = "O"
        for word, tag in sentence:
            if tag.startswith("I-") and previous[2:] == tag[2:] and spans:
                spans[-1] = (spans[-1][0], place + len(word), tag[2:])
            elif tag != "O":
                spans.append((place, place + len(word), tag[2:]))
            previous = tag
            pieces.append(word + " ")
            place += len(word) + 1
        if sentence:
            pieces[-1] = pieces[-1][:-1] + "\n"
    return "".join(pieces), set(spans)


def is_held(article: str) -> bool:
    """Whether an annotated article is kept for the final figure."""
    return sha256(f"q{article}".encode()).digest()[0] < HELD_ARTICLES


def _articles(path: Path, part: str) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if is_held(str(row["id"])) == (part == "held")]


def _quotes(path: Path, entities: NamedEntities, part: str) -> SpanReport:
    both: list[Counts] = []
    content: list[Counts] = []
    voices: list[Counts] = []
    for row in _articles(path, part):
        headline, body = entities.read("headline", row.get("title") or ""), entities.read("body", row["text"])
        given = find_quotes(headline, body, entities.register, None)
        pairs = match_quotes(row, given)
        right = [(wanted, quote) for wanted, quote in pairs if fold_word(wanted["speaker"]) == fold_word(quote.speaker or "")]
        both.append((len(right), len(given), len(row["quotes"])))
        content.append((len(pairs), len(given), len(row["quotes"])))
        voices.append((sum(wanted["voice"] == quote.voice for wanted, quote in right), len(right), len(right)))
    note = f"{part} articles; content overlap (intersection over union of characters) ≥ {OVERLAP_LEAST}"
    return SpanReport(
        "quotes", note, (score("content and speaker", both), score("content", content), score("voice, where both right", voices))
    )


def match_quotes(row: dict[str, Any], given: Sequence[Quote]) -> list[tuple[dict[str, Any], Quote]]:
    """Pairs of wanted and given quotes with the same content, each used once."""
    title = row.get("title") or ""
    full = f"{title}\n{row['text']}"
    shift = {"headline": 0, "body": len(title) + 1}
    free = [(quote.span.start + shift[quote.span.field], quote.span.end + shift[quote.span.field], quote) for quote in given]
    seen: dict[str, int] = {}
    pairs = []
    for wanted in row["quotes"]:
        words = wanted["content"]
        start = full.find(words, seen.get(words, 0 if wanted["cue"] == ":" else shift["body"]))
        start = start if start >= 0 else full.find(words)
        seen[words] = start + 1
        best = max(free, key=lambda one: _overlap(start, start + len(words), one[0], one[1]), default=None)
        if best and _overlap(start, start + len(words), best[0], best[1]) >= OVERLAP_LEAST:
            free.remove(best)
            pairs.append((wanted, best[2]))
    return pairs


def _overlap(start: int, end: int, other_start: int, other_end: int) -> float:
    shared = min(end, other_end) - max(start, other_start)
    return shared / (max(end, other_end) - min(start, other_start)) if shared > 0 else 0.0


def _demands(data: Path, annotator: Annotator, part: str) -> SpanReport:
    rows = _articles(data / "quotes" / "annotated_articles.jsonl", part)
    texts = [Text(row.get("title") or "", row["text"]) for row in rows]
    held: list[Counts] = []
    half: list[Counts] = []
    near: list[Counts] = []
    for row, annotations in zip(rows, annotator.annotate(texts), strict=True):
        wanted = [(row["text"].find(one["span"]), len(one["span"])) for one in row["demands"]]
        places = [(start, start + length) for start, length in wanted if start >= 0]
        for counts, measure in ((held, _holds), (half, _holds_half), (near, _is_near)):
            right = sum(any(measure(demand, *place) for demand in annotations.demands) for place in places)
            counts.append((right, len(annotations.demands), len(row["demands"])))
    scores = [score("holds the span", held), score("holds half of the span", half), score(f"overlap ≥ {DEMAND_OVERLAP}", near)]
    scores += [score(name, counts) for name, counts in _labelled_rows(data / "tone", annotator)]
    return SpanReport("demand_spans", f"{part} articles; voiced or not: dev rows of the split", tuple(scores))


def _holds(demand: Demand, start: int, end: int) -> bool:
    return min(end, demand.span.end) - max(start, demand.span.start) >= OVERLAP_LEAST * (end - start)


def _holds_half(demand: Demand, start: int, end: int) -> bool:
    return min(end, demand.span.end) - max(start, demand.span.start) >= DEMAND_OVERLAP * (end - start)


def _is_near(demand: Demand, start: int, end: int) -> bool:
    return _overlap(start, end, demand.span.start, demand.span.end) >= DEMAND_OVERLAP


def _labelled_rows(folder: Path, annotator: Annotator) -> Iterable[tuple[str, list[Counts]]]:
    """Of the dev rows: whether a demand is voiced at all, by file, and whether the one labelled span is met, over all files."""
    split = read_split()
    spans: dict[str, list[Counts]] = {"row's span half held": [], f"row's span overlap ≥ {DEMAND_OVERLAP}": []}
    for name in OURS:
        with gzip.open(folder / f"{name}_labels.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = [row for row in map(json.loads, lines) if split.get(key_of(row["text"])) == "dev"]
        found = [one.demands for one in annotator.annotate([Text("", row["text"]) for row in rows])]
        pairs = list(zip(rows, found, strict=True))
        yield (f"voiced or not, {name}", [(int(bool(one) and row["demand"]), int(bool(one)), int(row["demand"])) for row, one in pairs])
        for counts, measure in zip(spans.values(), (_holds_half, _is_near), strict=True):
            counts += [_span_counts(row, one, measure) for row, one in pairs]
    yield from spans.items()


def _span_counts(row: dict[str, Any], given: Sequence[Demand], measure: Callable[[Demand, int, int], bool]) -> Counts:
    start = row["text"].find(row["demand_span"]) if row["demand"] else -1
    end = start + len(row["demand_span"])
    return int(start >= 0 and any(measure(one, start, end) for one in given)), len(given), int(row["demand"])


def _reprints(folder: Path) -> SpanReport:
    with gzip.open(folder / "telegram_posts.jsonl.gz", "rt", encoding="utf-8") as lines:
        posts = {row["i"]: Text("", row["text"], datetime.fromtimestamp(row["unix"], UTC)) for row in map(json.loads, lines)}
    pairs = [json.loads(line) for line in (folder / "labelled_pairs_dev.jsonl").read_text(encoding="utf-8").splitlines()]
    sets: tuple[tuple[str, Callable[[dict[str, Any]], bool]], ...] = (
        ("all pairs", lambda _: True),
        ("pairs labelled surely", lambda pair: bool(pair["conf"] == "high")),
        ("second half by hash", lambda pair: sha256(pair["pid"].encode()).digest()[0] % 2 == 1),
    )
    joined = {pair["pid"]: _are_joined(posts[pair["i"]], posts[pair["j"]]) for pair in pairs}
    scores = []
    for name, chosen in sets:
        ours, floor = [], []
        for pair in filter(chosen, pairs):
            wanted, said, plain = int(pair["label"] == "reprint"), joined[pair["pid"]], int(pair["jaccard4"] >= 0.5)
            ours.append((said & wanted, said, wanted))
            floor.append((plain & wanted, plain, wanted))
        scores.append(score(name, ours, floor))
    scores.append(_silver(folder / "neardup_telegram_silver_pairs.csv", posts))
    met = Counter((pair["label"], joined[pair["pid"]]) for pair in pairs)
    confusion = tuple((label, (met[label, 1], met[label, 0])) for label in ("reprint", "same_story", "update", "different"))
    note = "labelled hard pairs; update and same_story are no reprints; floor: Jaccard of 4-word runs ≥ 0.5"
    return SpanReport("reprints", note, tuple(scores), ("joined", "apart"), confusion)


def _are_joined(first: Text, second: Text) -> int:
    """1 when grouping would find the pair and call it a reprint, else 0."""
    return int(bool(set(bands(fingerprint(first))) & set(bands(fingerprint(second)))) and is_reprint(first, second))


def _silver(path: Path, posts: dict[int, Text]) -> SpanScore:
    """How often near-copies (Jaccard ≥ 0.9) are found, over the unlabelled candidate pairs."""
    with path.open(encoding="utf-8", newline="") as lines:
        near = [row for row in csv.DictReader(lines) if float(row["jaccard4"]) >= 0.9]
    said = [is_reprint(posts[int(row["i"])], posts[int(row["j"])]) for row in near]
    return score("near-copies, unlabelled", [(int(one), int(one), 1) for one in said])
