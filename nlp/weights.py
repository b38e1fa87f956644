"""The models' numbers: tokenizer and configuration through transformers, the network through ONNX Runtime. No PyTorch.

The heavy libraries are imported at first use, so that a process which only searches never loads them.
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import SettingError
from core.records import TONES
from nlp.windows import fold, thinned, windows

MODEL = Path(__file__).parent / "model"
Floats = NDArray[np.float32]


class Network(Protocol):
    """What ONNX Runtime's session offers of itself here."""

    def run(self, outputs: list[str] | None, inputs: Mapping[str, Any]) -> list[Any]:
        """Named arrays in, arrays out."""
        ...


def open_network(path: Path, threads: int = 1) -> Network:
    """ONNX Runtime's session of a file; with one thread a call of it computes in the thread that calls."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session: Network = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session


def _transformers() -> Any:
    # It would say on every start that PyTorch is missing, which is how we want it.
    os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
    import transformers

    return transformers


class _Windowed:
    """A tokenizer and a network: texts are cut into windows, the windows' logits averaged by their lengths."""

    def __init__(self, folder: Path, network: Path, pieces: int) -> None:
        self.folder, self.path, self.pieces = folder, network, pieces

    @cached_property
    def tokenizer(self) -> Any:
        """The checkpoint's own tokenizer."""
        return _transformers().AutoTokenizer.from_pretrained(self.folder, local_files_only=True)

    @cached_property
    def network(self) -> Network:
        """The network, opened at first use."""
        return open_network(self.path)

    @cached_property
    def workers(self) -> ThreadPoolExecutor:
        """A thread for each processor: windows side by side use two of them better than one window parted among both."""
        return ThreadPoolExecutor(os.cpu_count())

    def logits(self, texts: Sequence[str]) -> Floats:
        """Texts → logits, shape (texts, labels). Long texts are read whole, up to the limit that ``thinned`` sets."""
        return self.begin(texts)()

    def begin(self, texts: Sequence[str]) -> Callable[[], Floats]:
        """The same in two steps: the network computes from here on in threads of its own, what is given back waits for it."""
        around = self.tokenizer("")["input_ids"]
        before, after = around[: len(around) // 2], around[len(around) // 2 :]
        cut: list[list[int]] = []
        owners: list[int] = []
        encoded = self.tokenizer([self._letters(text) for text in texts], add_special_tokens=False, verbose=False)
        for owner, ids in enumerate(encoded["input_ids"]):
            for part in windows(ids, self.pieces - len(around)):
                cut.append([*before, *part, *after])
                owners.append(owner)
        # One window at a time: int8 products take their scale from all that is computed together, so a neighbour would move the labels.
        found = self.workers.map(lambda ids: self._run(np.array([ids], np.int64)), cut)
        return lambda: _averaged(np.concatenate(list(found)), owners, [len(ids) for ids in cut], len(texts))

    def _letters(self, text: str) -> str:
        return thinned(fold(text))

    def _run(self, ids: NDArray[np.int64]) -> Floats:
        raise NotImplementedError


def _averaged(logits: Floats, owners: Sequence[int], lengths: Sequence[int], texts: int) -> Floats:
    total = np.zeros((texts, logits.shape[1]), np.float64)
    weight = np.zeros(texts)
    np.add.at(total, owners, logits * np.asarray(lengths, np.float64)[:, None])
    np.add.at(weight, owners, lengths)
    mean: Floats = (total / weight[:, None]).astype(np.float32)
    return mean


class Encoder(_Windowed):
    """The bundled encoder: texts → logits of all its labels at once (tone, city tone, topics, demand, in this order)."""

    def __init__(self, folder: Path, pieces: int, style: float) -> None:
        super().__init__(folder, folder / "encoder.onnx", pieces)
        self.style = style

    def _run(self, ids: NDArray[np.int64]) -> Floats:
        style = np.full(len(ids), self.style, np.float32)
        outputs = self.network.run(None, {"ids": ids, "mask": np.ones_like(ids), "style": style})
        return np.concatenate(outputs, axis=1)


_NAMES = {"neg": "negative", "neu": "neutral", "pos": "positive", "منف": "negative", "خنث": "neutral", "مثبت": "positive"}


def tone_of_labels(names: Mapping[int, str], mapping: str = "") -> list[str]:
    """The tone that each of a checkpoint's labels means, in the order of their numbers.

    ``mapping`` is the setting, ``LABEL_0=negative,LABEL_1=positive``; without it names that begin like «negative» or «منفی» are
    understood. Raises SettingError for a label that means no tone.
    """
    given = dict(part.split("=", 1) for part in mapping.replace(" ", "").split(",") if "=" in part)
    found: list[str] = []
    for number in sorted(names):
        name = names[number]
        guess = next((tone for start, tone in _NAMES.items() if name.lower().startswith(start)), "")
        tone = given.get(name, given.get(str(number), guess))
        if tone not in TONES:
            raise SettingError("RASAD_TONE_LABELS", mapping, f"label {name!r} of the tone model needs one of {', '.join(TONES)}")
        found.append(tone)
    return found


class ToneCheckpoint(_Windowed):
    """Any sequence-classification checkpoint, exported by ``rasad model export``: texts → logits in the order of TONES."""

    def __init__(self, folder: Path, mapping: str = "") -> None:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        super().__init__(folder, folder / "model.onnx", min(512, int(config.get("max_position_embeddings", 512)) - 2))
        names = {int(number): str(name) for number, name in config.get("id2label", {}).items()}
        self.tones = tone_of_labels(names, mapping)

    def _letters(self, text: str) -> str:
        return thinned(text.encode("utf-8", "ignore").decode())

    def _run(self, ids: NDArray[np.int64]) -> Floats:
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        raw = np.asarray(self.network.run(["logits"], inputs)[0], np.float32)
        # A checkpoint without a neutral label gives that tone no chance at all; two labels for one tone add up.
        found = np.full((len(raw), len(TONES)), -30.0, np.float32)
        for column, tone in enumerate(self.tones):
            place = TONES.index(tone)
            found[:, place] = np.logaddexp(found[:, place], raw[:, column])
        return found


def find_checkpoint(name: str) -> Path:
    """The folder of an exported checkpoint: a local one, or the fetched files of a hub's name. Raises SettingError when there is none."""
    folder = Path(name)
    if not folder.is_dir():
        try:
            files = [_transformers().utils.cached_file(name, file) for file in ("config.json", "tokenizer.json", "model.onnx")]
        except (OSError, ValueError) as error:
            raise SettingError("RASAD_TONE_MODEL", name, f"neither a folder nor reachable at the hub ({error})") from None
        folder = Path(files[0]).parent
    if not (folder / "model.onnx").exists():
        raise SettingError("RASAD_TONE_MODEL", name, "no model.onnx there; make it with `rasad model export CHECKPOINT FOLDER`")
    return folder
