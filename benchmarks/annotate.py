"""Articles a second of the full annotation and of each step, beside hazm alone and a BERT-base that says the tone only: one run, one set.

    python benchmarks/annotate.py [--articles 64] [--data ../shared/data] [--threads 2] [--seconds 8]

The BERT-base has ParsBERT's configuration (12 layers of 768, 100,000 pieces) and random weights; it reads the whole text in windows of
512. Its row of PyTorch needs the extra [train] and is left out without it. Its tokenizer is ours, which cuts words about a fifth finer
than ParsBERT's own, so its pieces are counted as words × 1.2 instead. Prints one table; RSS is the process's peak.
"""

import argparse
import gzip
import json
import resource
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from nlp.labels import Labeller
from nlp.sentences import sentences
from nlp.text import Text
from nlp.windows import joined

PARSBERT_PIECES_A_WORD = 1.2
PARSBERT = {"vocab_size": 100_000, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072}


def texts(data: Path, count: int) -> list[Text]:
    """Articles of the shared news of 600 characters or more, spread over the file; one at a time, so that memory is the model's."""
    found = []
    with gzip.open(data / "text/news_raw.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in islice(lines, 0, None, max(1, 40_000 // count)):
            row = json.loads(line)
            if isinstance(row.get("text"), str) and len(row["text"]) >= 600:
                found.append(Text(str(row.get("title") or ""), row["text"]))
    return found[:count]


def rate(work: Callable[[list[Text]], object], articles: list[Text], batch: int, seconds: float) -> float:
    """Articles a second: ``work`` on batches until the time is over, after one batch to warm up."""
    work(articles[:batch])
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        start = done % len(articles)
        chosen = (articles + articles)[start : start + batch]
        work(chosen)
        done += batch
    return done / (time.perf_counter() - began)


def steps(labeller: Labeller) -> Iterator[tuple[str, Callable[[list[Text]], object]]]:
    """Each step by name. Steps of other files are measured where they are there."""
    encoder = labeller.encoder
    yield "labels: all", labeller.label
    yield "labels: linear half", lambda batch: labeller.linear.logits([joined(t.headline, t.body) for t in batch])
    if encoder:
        yield "labels: encoder", lambda batch: encoder.logits([labeller.condensed(joined(t.headline, t.body)) for t in batch])
    yield "sentences", lambda batch: [sentences(t.body) for t in batch]


def hazm_step() -> Callable[[list[Text]], object]:
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


def bert_steps(threads: int) -> Iterator[tuple[str, Callable[[list[Text]], object]]]:
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


def full_step(config: Path) -> Callable[[list[Text]], object] | None:
    """The whole annotation, where its parts are all there."""
    try:
        from nlp.annotate import Annotator
    except ImportError:
        return None
    annotator = Annotator.load(config)
    return lambda batch: annotator.annotate(batch)


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--articles", type=int, default=64)
    options.add_argument("--data", type=Path, default=Path("../shared/data"))
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--seconds", type=float, default=8)
    opts = options.parse_args()
    articles = texts(opts.data, opts.articles)
    words = np.array([len(text.body.split()) for text in articles])
    print(f"{len(articles)} articles, {words.mean():.0f} words each on average (median {np.median(words):.0f})")
    labeller = Labeller.load()
    full = full_step(Path("config"))
    todo = [("annotate: everything", full)] if full else []
    todo += [*steps(labeller), ("hazm alone", hazm_step())]
    table: dict[str, tuple[float, float]] = {}
    for name, work in todo:
        table[name] = (rate(work, articles, 1, opts.seconds), rate(work, articles, 32, opts.seconds))
        print(f"{name:<28}{table[name][0]:>9.1f} /s (batch 1){table[name][1]:>9.1f} /s (batch 32)", flush=True)
    print(f"peak memory before BERT-base: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    for name, work in bert_steps(opts.threads):
        table[name] = (rate(work, articles, 1, opts.seconds), rate(work, articles, 32, opts.seconds))
        print(f"{name:<28}{table[name][0]:>9.2f} /s (batch 1){table[name][1]:>9.2f} /s (batch 32)", flush=True)
        ours = table.get("annotate: everything") or table["labels: all"]
        print(f"   ours is {ours[0] / table[name][0]:.1f} and {ours[1] / table[name][1]:.1f} times as fast")


if __name__ == "__main__":
    main()
