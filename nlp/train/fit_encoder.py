"""Fine-tune the encoder with all heads together; seeded, resumable, with a learning curve on the tune part.

    python -m nlp.train.fit_encoder ENCODER OUT [--data ../shared/data] [--layers 4] [--frozen 1] [--minutes 60 | --epochs 5]

Writes OUT/log.jsonl (one line a measurement), OUT/last.pt (to resume), OUT/best.pt (the best on tune) and OUT/mean.pt (the moving mean of
the weights, which is what is measured). The dev part is never read.
The learning rate falls with the share of the time (or of the epochs) that is over, so that a run on a busy machine still ends annealed.
"""

import argparse
import json
import math
import random
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import f1_score
from torch.nn import functional as F
from transformers import AutoTokenizer

from nlp.labels import PLACES
from nlp.train.net import TASKS, Net
from nlp.train.rows import Row, parts
from nlp.train.soft import soft_rows
from nlp.windows import fold

BATCH_PIECES = 2048
HEAD_RATE, LAYER_RATE, DECAY = 8e-4, 1e-4, 0.8
CITY_WEIGHTS = torch.tensor([1.8, 1.0, 1.5, 0.8])


@dataclass
class Encoded:
    """A row's cached lower output (pieces × width, float16) beside the row itself."""

    row: Row
    hidden: torch.Tensor


def encode(net: Net, tokenizer: object, rows: list[Row], pieces: int) -> list[Encoded]:
    """The frozen part's output of each row, in the order of ``rows``."""
    ids = tokenizer([fold(row.text) for row in rows], truncation=True, max_length=pieces)["input_ids"]  # type: ignore[operator]
    order = sorted(range(len(rows)), key=lambda i: len(ids[i]))
    found: dict[int, Encoded] = {}
    with torch.inference_mode():
        for start in range(0, len(order), 32):
            batch = order[start : start + 32]
            longest = len(ids[batch[-1]])
            padded = torch.tensor([ids[i] + [0] * (longest - len(ids[i])) for i in batch])
            mask = torch.tensor([[1] * len(ids[i]) + [0] * (longest - len(ids[i])) for i in batch])
            hidden = net.lower(padded, mask).to(torch.float16)
            for place, i in enumerate(batch):
                found[i] = Encoded(rows[i], hidden[place, : len(ids[i])].clone())
    return [found[i] for i in range(len(rows))]


def batches(items: list[Encoded], rng: random.Random) -> list[list[Encoded]]:
    """Batches of about BATCH_PIECES pieces, of similar lengths, in random order."""
    order = sorted(items, key=lambda item: len(item.hidden) * rng.uniform(0.85, 1.15))
    found: list[list[Encoded]] = []
    batch: list[Encoded] = []
    for item in order:
        if batch and max(len(x.hidden) for x in [*batch, item]) * (len(batch) + 1) > BATCH_PIECES:
            found.append(batch)
            batch = []
        batch.append(item)
    found.append(batch)
    rng.shuffle(found)
    return found


def thinned_out(batch: list[Encoded], share: float) -> list[Encoded]:
    """The batch without a random ``share`` of each text's pieces (never the first): other texts each epoch, and shorter ones."""
    if not share:
        return batch
    kept = [torch.rand(len(item.hidden)) >= share for item in batch]
    for mask in kept:
        mask[0] = True
    return [Encoded(item.row, item.hidden[mask]) for item, mask in zip(batch, kept, strict=True)]


def collate(batch: list[Encoded]) -> tuple[torch.Tensor, torch.Tensor]:
    """Padded lower outputs and their mask."""
    hidden = torch.nn.utils.rnn.pad_sequence([item.hidden for item in batch], batch_first=True).float()
    mask = torch.zeros(hidden.shape[:2])
    for i, item in enumerate(batch):
        mask[i, : len(item.hidden)] = 1
    return hidden, mask


def targets(rows: list[Row]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Shares of the city's tone, of each topic and of a demand; a label of ours is nearly certain, a model's is as sure as it was."""
    city = torch.full((len(rows), TASKS["city"]), 0.05 / TASKS["city"])
    topics, demand = torch.zeros(len(rows), TASKS["topics"]), torch.zeros(len(rows))
    for i, row in enumerate(rows):
        if row.soft:
            soft = torch.tensor(row.soft)
            city[i], topics[i], demand[i] = (soft[PLACES[task]] for task in ("city", "topics", "demand"))
            continue
        city[i, row.city] += 0.95
        topics[i, list(row.topics or ())] = 1
        demand[i] = float(row.demand or 0)
    return city, topics, demand


def _weight(row: Row) -> float:
    """A row of ours counts less where its reader hesitated, and a little less where models had found it hard."""
    return (1.0 if row.sure else 0.6) * (0.85 if row.source.startswith("extra") else 1.0)


def loss_of(logits: dict[str, torch.Tensor], rows: list[Row]) -> torch.Tensor:
    """The weighted losses of all heads together; rows without a label of a task do not count there."""
    sure = torch.tensor([0.5 if row.soft else 1.0 if row.human else _weight(row) for row in rows])
    human = torch.tensor([1.5 * row.votes / 3 if row.human else 0.0 for row in rows])
    tone = torch.tensor([row.tone for row in rows])
    total = (-(tone * logits["tone"].log_softmax(1)).sum(1) * torch.where(human > 0, human, sure)).mean()
    ours = torch.tensor([not row.human for row in rows])
    if not ours.any():
        return total
    own = [row for row in rows if not row.human]
    weight = sure[ours]
    share = len(own) / len(rows)
    truth, marked, asked = targets(own)
    # Cross-entropy with shares as targets; the weights make up for how rare each label is.
    city = -(truth * CITY_WEIGHTS * logits["city"][ours].log_softmax(1)).sum(1)
    topics = F.binary_cross_entropy_with_logits(logits["topics"][ours], marked, reduction="none").sum(1)
    demand = F.binary_cross_entropy_with_logits(logits["demand"][ours, 0], asked, pos_weight=torch.tensor(3.0), reduction="none")
    return total + share * ((city * weight).mean() + 0.5 * topics.mean() + 0.6 * (demand * weight).mean())


@torch.inference_mode()
def predict(net: Net, items: list[Encoded]) -> dict[str, np.ndarray]:
    """Logits of every item, in order, in the item's own style."""
    net.eval()
    found: dict[str, list[np.ndarray]] = {task: [np.empty(0)] * len(items) for task in TASKS}
    order = sorted(range(len(items)), key=lambda i: len(items[i].hidden))
    for start in range(0, len(order), 24):
        places = order[start : start + 24]
        hidden, mask = collate([items[i] for i in places])
        style = torch.tensor([float(items[i].row.human) for i in places])
        logits = net.upper(hidden, mask, style)
        for task in TASKS:
            for place, i in enumerate(places):
                found[task][i] = logits[task][place].numpy()
    net.train()
    return {task: np.array(rows) for task, rows in found.items()}


def measure(logits: dict[str, np.ndarray], rows: list[Row]) -> dict[str, float]:
    """Macro F1 of the tones (human, ours) and city, micro F1 of topics (best of some thresholds), F1 of demand (likewise)."""
    human = np.array([row.human for row in rows])
    voted = np.array([row.human and row.majority is not None for row in rows])
    own = [row for row in rows if not row.human]
    tone = logits["tone"].argmax(1)
    truth = np.array([-1 if row.majority is None else row.majority for row in rows])
    marked = np.zeros((len(own), TASKS["topics"]), int)
    for i, row in enumerate(own):
        marked[i, list(row.topics or ())] = 1
    topics = logits["topics"][~human]
    demand = logits["demand"][~human, 0]
    asked = [row.demand for row in own]
    return {
        "tone_human": f1_score(truth[voted], tone[voted], average="macro"),
        "tone_ours": f1_score(truth[~human], tone[~human], average="macro"),
        "city": f1_score([row.city for row in own], logits["city"][~human].argmax(1), average="macro"),
        "topics": max(f1_score(marked, topics > cut, average="micro", zero_division=0) for cut in (-1.5, -1, -0.5, 0)),
        "demand": max(f1_score(asked, demand > cut, zero_division=0) for cut in (-1, -0.5, 0, 0.5, 1)),
    }


def optimizer_of(net: Net) -> torch.optim.AdamW:
    """Higher rate for the heads than for the layers, lower for lower layers; nothing for the frozen part."""
    groups = []
    layers = net.bert.encoder.layer
    for part in (net.bert.embeddings, *layers[: net.frozen]):
        part.requires_grad_(False)
    for depth, layer in enumerate(layers[net.frozen :]):
        groups.append({"params": list(layer.parameters()), "lr": LAYER_RATE * DECAY ** (len(layers) - net.frozen - 1 - depth)})
    heads = [*net.pool.parameters(), *net.heads.parameters(), net.style]
    groups.append({"params": heads, "lr": HEAD_RATE})
    for group in groups:
        group["peak"] = group["lr"]
    return torch.optim.AdamW(groups, weight_decay=0.02, betas=(0.9, 0.98), fused=True)


def rate(progress: float) -> float:
    """The share of the peak rate: up over the first 5 %, then down to 0 along a cosine."""
    if progress < 0.05:
        return 0.02 + progress / 0.05 * 0.98
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (progress - 0.05) / 0.95)))


class Mean:
    """The moving mean of what a network learns: steadier than its weights of the moment (on tune the city gained 0.04 by it)."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.weights = {name: weight.detach().clone() for name, weight in net.named_parameters() if weight.requires_grad}

    @torch.no_grad()
    def follow(self, step: int) -> None:
        """Move towards the weights as they are after ``step`` steps: the last hundred steps count most."""
        share = max(0.01, 9 / (10 + step))
        for name, weight in self.net.named_parameters():
            if name in self.weights:
                self.weights[name].lerp_(weight, share)

    def state(self) -> dict[str, torch.Tensor]:
        """The whole network's state with the mean in the place of its weights."""
        return {name: value.clone() for name, value in self.net.state_dict().items()} | self.weights


class Run:
    """One training run: its clock, its checkpoints, its log."""

    def __init__(self, net: Net, opts: argparse.Namespace) -> None:
        self.net, self.opts, self.optimizer = net, opts, optimizer_of(net)
        self.mean = Mean(net)
        self.step, self.epoch, self.seconds, self.best = 0, 0.0, 0.0, -1.0
        if (opts.out / "last.pt").exists():
            kept = torch.load(opts.out / "last.pt", weights_only=True)
            net.load_state_dict(kept["net"])
            self.optimizer.load_state_dict(kept["optimizer"])
            self.mean.weights = kept["mean"]
            self.step, self.epoch, self.seconds, self.best = kept["step"], kept["epoch"], kept["seconds"], kept["best"]

    @property
    def progress(self) -> float:
        """The share of the run that is over, 0 to 1."""
        return self.epoch / self.opts.epochs if self.opts.epochs else self.seconds / (60 * self.opts.minutes)

    def train_on(self, batch: list[Encoded]) -> float:
        """One step; the loss before it."""
        began = time.monotonic()
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * rate(self.progress) * self.opts.rate
        hidden, mask = collate(thinned_out(batch, self.opts.drop))
        style = torch.tensor([float(item.row.human) for item in batch])
        loss = loss_of(self.net.upper(hidden, mask, style), [item.row for item in batch])
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        self.mean.follow(self.step)
        self.seconds += time.monotonic() - began
        return float(loss.detach())

    def save(self, tune: list[Encoded], loss: float) -> None:
        """Measure the mean on tune, log it, keep the last and the best state."""
        now, mean_state = {name: value.clone() for name, value in self.net.state_dict().items()}, self.mean.state()
        self.net.load_state_dict(mean_state)
        scores = measure(predict(self.net, tune), [item.row for item in tune])
        self.net.load_state_dict(now)
        mean = float(sum(scores.values())) / len(scores)
        line = {
            "step": self.step,
            "epoch": round(self.epoch, 2),
            "minutes": round(self.seconds / 60, 1),
            "loss": round(loss, 3),
            "mean": mean,
        }
        with (self.opts.out / "log.jsonl").open("a") as log:
            log.write(json.dumps(line | scores) + "\n")
        torch.save(mean_state, self.opts.out / "mean.pt")
        if mean > self.best:
            self.best = mean
            torch.save(mean_state, self.opts.out / "best.pt")
        kept = {"net": now, "mean": self.mean.weights, "optimizer": self.optimizer.state_dict(), "step": self.step, "epoch": self.epoch}
        torch.save(kept | {"seconds": self.seconds, "best": self.best}, self.opts.out / "last.new")
        (self.opts.out / "last.new").rename(self.opts.out / "last.pt")


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("encoder", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--data", type=Path, default=Path("../shared/data"))
    options.add_argument("--layers", type=int, default=4)
    options.add_argument("--frozen", type=int, default=1)
    options.add_argument("--pieces", type=int, default=160)
    options.add_argument("--minutes", type=float, default=60)
    options.add_argument("--epochs", type=float, default=0)
    options.add_argument("--every", type=int, default=250)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--start", type=Path, help="weights of an earlier run to go on from")
    options.add_argument("--rate", type=float, default=1.0, help="share of the usual learning rate, for going on from such weights")
    options.add_argument("--soft", type=Path, help="texts labelled by a model (nlp.train.soft)")
    options.add_argument("--drop", type=float, default=0.0, help="share of the pieces left out of each text in training")
    opts = options.parse_args()
    torch.set_num_threads(opts.threads)
    torch.manual_seed(opts.seed)
    opts.out.mkdir(parents=True, exist_ok=True)
    rows = parts(opts.data)
    net = Net.start(opts.encoder, opts.layers, opts.frozen)
    if opts.start:
        net.load_state_dict(torch.load(opts.start, weights_only=True))
    rows["train"] += soft_rows(opts.soft) if opts.soft else []
    tokenizer = AutoTokenizer.from_pretrained(opts.encoder)
    net.eval()
    train, tune = (encode(net, tokenizer, rows[part], opts.pieces) for part in ("train", "tune"))
    net.train()
    run = Run(net, opts)
    print(f"{len(train)} rows, {sum(len(item.hidden) for item in train)} pieces an epoch", flush=True)
    recent = [0.0]
    while run.progress < 1:
        todo = batches(train, random.Random(f"{opts.seed} {int(run.epoch)}"))
        for batch in todo[round((run.epoch % 1) * len(todo)) :]:
            recent.append(run.train_on(batch))
            run.epoch += 1 / len(todo)
            if run.step % opts.every == 0:
                run.save(tune, float(np.mean(recent[-opts.every :])))
            if run.progress >= 1:
                break
        run.epoch = float(round(run.epoch)) if run.progress < 1 else run.epoch
    run.save(tune, float(np.mean(recent[-opts.every :])))


if __name__ == "__main__":
    main()
