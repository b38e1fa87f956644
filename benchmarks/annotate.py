"""Articles a second of the full annotation and of each step, beside hazm alone and a BERT-base that says the tone only: one run, one set.

    timeout 900 python -m benchmarks.annotate [--articles 64] [--data ../shared/data] [--threads 2] [--seconds 4]

Two tables in Markdown: ours by step (CPU milliseconds of one article too, and each step's share of the whole) and the others. A step
gets ready-made what the steps before it give. The BERT-base has ParsBERT's configuration (12 layers of 768, 100,000 pieces) and random
weights; it reads the whole text in windows of 512. Each side has ``--threads`` processors. Its rows need the extra [train] and are left
out without it. Its tokenizer is ours, which cuts words about a fifth finer than ParsBERT's own, so its pieces are counted as words × 1.2
instead. Memory is the process's peak.
"""

import argparse
import gzip
import json
import os
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np

from core.records import Quote
from core.settings import ROOT
from nlp.annotate import Annotator
from nlp.demands import find_demands
from nlp.entities import NamedEntities, mentions
from nlp.fingerprint import fingerprint
from nlp.labels import Labeller
from nlp.mention_tones import SentenceLabels, with_tones
from nlp.quotes import find_quotes
from nlp.text import Text
from nlp.windows import joined

Work = Callable[[list[Text]], object]

PARSBERT_PIECES_A_WORD = 1.2
PARSBERT = {"vocab_size": 100_000, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072}


def texts(data: Path, count: int) -> list[Text]:
    """Articles of the shared news of 600 characters or more, spread over the file; one at a time, so that memory is the model's."""
    found = []
    with gzip.open(data / "text/news_raw.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in islice(lines, 0, None, max(1, 15_000 // count)):
            row = json.loads(line)
            if isinstance(row.get("text"), str) and len(row["text"]) >= 600:
                found.append(Text(str(row.get("title") or ""), row["text"]))
    return found[:count]


@dataclass(frozen=True)
class Rate:
    """Articles a second in batches of 1 and of 32, and processor milliseconds of one article in the latter."""

    single: float
    batched: float
    cpu: float


def measured(work: Work, articles: list[Text], seconds: float, forget: Callable[[], None] = lambda: None) -> Rate:
    """``work`` on batches of 1, then of 32, each until ``seconds`` are over, after a few articles to warm up.

    ``forget`` is called after each batch: the articles come again, and what is remembered of them would flatter.
    """
    work(articles[:2])
    found = []
    cpu = 0.0
    for batch in (1, 32):
        done, began, cpu = 0, time.perf_counter(), time.process_time()
        while not done or time.perf_counter() - began < seconds:
            work([articles[(done + place) % len(articles)] for place in range(batch)])
            done += batch
            forget()
        found.append(done / (time.perf_counter() - began))
        cpu = (time.process_time() - cpu) / done * 1000
    return Rate(*found, cpu)


class Ready:
    """What each article's earlier steps give, worked out once before the later steps are timed."""

    def __init__(self, articles: list[Text], labeller: Labeller, entities: NamedEntities) -> None:
        self.labeller, self.register = labeller, entities.register
        self.parts = {id(t): (entities.read("headline", t.headline), entities.read("body", t.body)) for t in articles}
        self.labels = {id(t): label for t, label in zip(articles, labeller.label(articles), strict=True)}
        self.quotes = {id(t): self.find_quotes(t) for t in articles}

    def find_quotes(self, text: Text) -> list[Quote]:
        """The quotes of one article."""
        return find_quotes(*self.parts[id(text)], self.register, text.published_at)

    def find_rest(self, text: Text) -> None:
        """Mentions with their tones, and demands: they read the same sentences once."""
        headline, body = self.parts[id(text)]
        labels = SentenceLabels(body, self.labeller.linear.logits)
        named = [*mentions(headline, self.register, text.published_at), *mentions(body, self.register, text.published_at)]
        with_tones(named, labels, self.register)
        find_demands(body, self.quotes[id(text)], self.labels[id(text)].demand, labels)


def steps(labeller: Labeller, entities: NamedEntities, articles: list[Text]) -> Iterator[tuple[str, Work]]:
    """Each step by name; a name that begins with «of it» is part of the step above."""
    ready = Ready(articles, labeller, entities)
    encoder, second, tagger = labeller.encoder, labeller.second, entities.tagger
    yield "tone, city, topics, demand and their evidence", labeller.label
    yield "of it the linear half", lambda batch: labeller.linear.logits([joined(t.headline, t.body) for t in batch])
    if second:
        yield (
            "of it both looks of the linear half",
            lambda batch: second.logits([joined(t.headline, t.body) for t in batch], labeller.linear),
        )
    if encoder:
        yield "of it the encoder", lambda batch: encoder.logits([labeller.condensed(joined(t.headline, t.body)) for t in batch])
    yield "entities", lambda batch: [(entities.read("headline", t.headline), entities.read("body", t.body)) for t in batch]
    if tagger:
        yield "of it names in running text", lambda batch: [tagger.find(ready.parts[id(t)][1].folded.text) for t in batch]
    yield "quotes", lambda batch: [ready.find_quotes(t) for t in batch]
    yield "tones of mentions, demands", lambda batch: [ready.find_rest(t) for t in batch]
    yield "fingerprint", lambda batch: [fingerprint(t) for t in batch]


def hazm_step() -> Work:
    """hazm's normalizer, word tokenizer and lemmatizer, which is what most Persian pipelines begin with."""
    import hazm

    normalizer, tokenizer, lemmatizer = hazm.Normalizer(), hazm.WordTokenizer(), hazm.Lemmatizer()
    return lambda batch: [[lemmatizer.lemmatize(word) for word in tokenizer.tokenize(normalizer.normalize(t.body))] for t in batch]


def windows_of(batch: list[Text]) -> list[np.ndarray]:
    """Random piece ids as long as ParsBERT's would be, in windows of 512."""
    random = np.random.default_rng(5)
    found = []
    for text in batch:
        length = int(len(joined(text.headline, text.body).split()) * PARSBERT_PIECES_A_WORD) + 2
        found += [random.integers(5, 90_000, min(512, length - start)) for start in range(0, length, 512)]
    return found


def bert_steps(threads: int) -> Iterator[tuple[str, Work]]:
    """BERT-base in PyTorch and in ONNX Runtime (float32), tone only."""
    try:
        import torch
        from transformers import BertConfig, BertForSequenceClassification
    except ImportError:
        return
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = BertForSequenceClassification(BertConfig(**PARSBERT, num_labels=3)).eval()

    def in_torch(batch: list[Text]) -> None:
        with torch.inference_mode():
            for ids, mask in padded(windows_of(batch)):
                model(input_ids=torch.from_numpy(ids), attention_mask=torch.from_numpy(mask))

    yield "BERT-base, PyTorch: tone", in_torch
    import tempfile

    from nlp.train.export import export_model
    from nlp.weights import open_network

    with tempfile.TemporaryDirectory() as folder:
        export_model(model, Path(folder) / "base.onnx")
        network = open_network(Path(folder) / "base.onnx", threads)
        yield (
            "BERT-base, ONNX: tone",
            lambda batch: [network.run(None, {"input_ids": ids, "attention_mask": mask}) for ids, mask in padded(windows_of(batch))],
        )


def padded(windows: list[np.ndarray], size: int = 16) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Windows of similar lengths together, padded."""
    order = sorted(windows, key=len)
    for start in range(0, len(order), size):
        batch = order[start : start + size]
        ids, mask = (np.zeros((len(batch), len(batch[-1])), np.int64) for _ in range(2))
        for row, own in enumerate(batch):
            ids[row, : len(own)], mask[row, : len(own)] = own, 1
        yield ids, mask


def ours(articles: list[Text], seconds: float) -> Rate:
    """The table of our steps; gives the figures of the whole."""
    config = ROOT / "config"
    labeller, entities = Labeller.load(), NamedEntities.load(config)
    forget = labeller.linear.lately.cache_clear
    whole = measured(Annotator(labeller, entities).annotate, articles, seconds, forget)
    print(f"peak memory of everything that annotates: {peak():.0f} MB\n")
    print("| step | articles/s, batch 1 | batch 32 | CPU ms an article | share |\n|---|---|---|---|---|")
    print(f"| annotate: everything | {whole.single:.1f} | {whole.batched:.1f} | {whole.cpu:.1f} | 100 % |", flush=True)
    for name, work in steps(labeller, entities, articles):
        rate = measured(work, articles, seconds, forget)
        print(f"| {name} | {rate.single:.1f} | {rate.batched:.1f} | {rate.cpu:.1f} | {100 * rate.cpu / whole.cpu:.0f} % |", flush=True)
    return whole


def others(articles: list[Text], whole: Rate, threads: int, seconds: float) -> None:
    """The table of what is measured beside ours."""
    hazm_began = time.process_time()
    hazm = hazm_step()
    hazm_load = time.process_time() - hazm_began
    print("\n| beside it | articles/s, batch 1 | batch 32 | CPU ms an article | ours is faster (1, 32) |\n|---|---|---|---|---|")
    named = [("hazm alone: normalizer, tokenizer, lemmatizer", hazm)]
    for name, work in chain(named, bert_steps(threads)):
        rate = measured(work, articles, seconds)
        times = f"{whole.single / rate.single:.1f}, {whole.batched / rate.batched:.1f}"
        print(f"| {name} | {rate.single:.2f} | {rate.batched:.2f} | {rate.cpu:.1f} | {times} times |", flush=True)
        if work is hazm:
            share = 100 * rate.cpu / whole.cpu
    print(
        f"\nhazm's share: annotate never calls it (0 %); called on each article it would add {share:.0f} %, and {hazm_load:.1f} s at first"
    )
    print(f"peak memory with hazm and BERT-base: {peak():.0f} MB")


def peak() -> float:
    """The process's greatest resident memory so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--articles", type=int, default=64)
    options.add_argument("--data", type=Path, default=Path("../shared/data"))
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--seconds", type=float, default=4)
    opts = options.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: opts.threads])
    articles = texts(opts.data, opts.articles)
    words = np.array([len(text.body.split()) for text in articles])
    print(f"{len(articles)} articles, {words.mean():.0f} words each on average (median {np.median(words):.0f}); {opts.threads} threads")
    whole = ours(articles, opts.seconds)
    others(articles, whole, opts.threads, opts.seconds)


if __name__ == "__main__":
    main()
