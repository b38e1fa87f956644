"""The network: the lowest layers of a pre-trained BERT, attention pooling for each task, and one linear head a task. PyTorch."""

from pathlib import Path

import torch
from torch import nn
from transformers import BertModel

TASKS = {"tone": 3, "city": 4, "topics": 19, "demand": 1}
QUERIES = {"tone": 2, "city": 2, "topics": 4, "demand": 1}


class Net(nn.Module):
    """Piece ids → logits of the four tasks. ``style`` (0: our guideline, 1: human votes) only shifts the tone's logits."""

    def __init__(self, bert: BertModel, layers: int, frozen: int) -> None:
        super().__init__()
        bert.encoder.layer = bert.encoder.layer[:layers]
        bert.config.num_hidden_layers = layers
        for layer in bert.encoder.layer:
            layer.attention.self.dropout_prob = 0.0  # a tenth of the step's time on a CPU, for little
            layer.attention.self.dropout = nn.Dropout(0.0)
        self.bert, self.frozen = bert, frozen
        width = bert.config.hidden_size
        self.pool = nn.Linear(width, sum(QUERIES.values()))
        self.drop = nn.Dropout(0.2)
        self.heads = nn.ModuleDict({task: nn.Linear(width * (1 + QUERIES[task]), size) for task, size in TASKS.items()})
        self.style = nn.Parameter(torch.zeros(3))

    @classmethod
    def start(cls, encoder: Path, layers: int, frozen: int) -> "Net":
        """The network before training, from the folder of the pre-trained encoder."""
        bert = BertModel.from_pretrained(encoder, add_pooling_layer=False, attn_implementation="sdpa")
        return cls(bert, layers, frozen)

    @staticmethod
    def _mask(mask: torch.Tensor) -> torch.Tensor:
        return (1.0 - mask[:, None, None, :].to(torch.float32)) * -10000.0

    def _run(self, hidden: torch.Tensor, mask: torch.Tensor, start: int, end: int) -> torch.Tensor:
        for layer in self.bert.encoder.layer[start:end]:
            out = layer(hidden, self._mask(mask))
            hidden = out[0] if isinstance(out, tuple) else out
        return hidden

    def lower(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """What the frozen part makes of the pieces; computed once, as it never changes."""
        return self._run(self.bert.embeddings(ids), mask, 0, self.frozen)

    def upper(self, hidden: torch.Tensor, mask: torch.Tensor, style: torch.Tensor) -> dict[str, torch.Tensor]:
        """Logits by task from the frozen part's output."""
        hidden = self._run(hidden, mask, self.frozen, len(self.bert.encoder.layer))
        real = mask.to(hidden.dtype)
        mean = (hidden * real[:, :, None]).sum(1) / real.sum(1, keepdim=True)
        scores = self.pool(hidden) + (1.0 - real[:, :, None]) * -10000.0
        pooled = torch.einsum("btq,bth->bqh", scores.softmax(1), hidden)
        logits, at = {}, 0
        for task, count in QUERIES.items():
            read = torch.cat([mean, pooled[:, at : at + count].flatten(1)], 1)
            logits[task] = self.heads[task](self.drop(read))
            at += count
        logits["tone"] = logits["tone"] + style[:, None] * self.style
        return logits

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, style: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """The four tasks' logits in the order of TASKS."""
        logits = self.upper(self.lower(ids, mask), mask, style)
        return tuple(logits[task] for task in TASKS)
