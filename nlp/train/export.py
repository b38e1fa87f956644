"""Write networks as ONNX files for the runtime: the bundled encoder, and any sequence-classification checkpoint (`rasad model export`)."""

import json
import shutil
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

from core.errors import SettingError, Unavailable


def need_torch() -> None:
    """Raises Unavailable, naming the extra to install, where PyTorch is missing."""
    try:
        import torch  # noqa: F401
    except ImportError:
        raise Unavailable("this needs PyTorch, the extra [train]: pip install 'rasad[train]'") from None


def write_onnx(network: object, sample: Sequence[object], names: tuple[list[str], list[str]], out: Path) -> None:
    """Trace a PyTorch ``network`` on the ``sample`` inputs; ``names`` are those of its inputs and outputs. Rows and pieces may vary."""
    import torch

    inputs, outputs = names
    axes = {name: {0: "rows", 1: "pieces"} if value.dim() > 1 else {0: "rows"} for name, value in zip(inputs, sample, strict=True)}  # type: ignore[attr-defined]
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # the tracer warns of constants that are meant to be constants
        torch.onnx.export(
            network, tuple(sample), str(out), input_names=inputs, output_names=outputs,
            dynamic_axes=axes | {name: {0: "rows"} for name in outputs}, opset_version=17, dynamo=False,
        )  # fmt: skip


def to_int8(whole: Path, out: Path) -> None:
    """The same network with int8 weights (a scale a column) in its products and its table of pieces; products are computed in int8."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        quantize_dynamic(
            str(whole), str(out), weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul", "Gemm", "Gather"]
        )


def export_encoder(encoder: Path, weights: Path, layers: int, out: Path) -> None:
    """The fine-tuned encoder → ``out/encoder.onnx`` (int8) with the tokenizer and the configuration beside it."""
    import torch
    from transformers import AutoTokenizer

    from nlp.train.net import TASKS, Net

    net = Net.start(encoder, layers, 0)
    net.load_state_dict(torch.load(weights, weights_only=True))
    net.eval()
    out.mkdir(parents=True, exist_ok=True)
    sample = (torch.randint(1, min(900, net.bert.config.vocab_size), (3, 17)), torch.ones(3, 17, dtype=torch.long), torch.zeros(3))
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        write_onnx(net, sample, (["ids", "mask", "style"], list(TASKS)), whole)
        to_int8(whole, out / "encoder.onnx")
    AutoTokenizer.from_pretrained(encoder).save_pretrained(out)
    net.bert.config.architectures = None
    net.bert.config.save_pretrained(out)


def export_model(model: object, out: Path) -> None:
    """A loaded sequence-classification model → one float32 file with the inputs input_ids and attention_mask and the output logits."""
    import torch

    class Plain(torch.nn.Module):
        """Only the logits: the exporter wants tensors."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            return self.model(input_ids=ids, attention_mask=mask).logits

    pieces = min(900, model.config.vocab_size)  # type: ignore[attr-defined]
    sample = (torch.randint(1, pieces, (2, 11)), torch.ones(2, 11, dtype=torch.long))
    write_onnx(Plain().eval(), sample, (["input_ids", "attention_mask"], ["logits"]), out)


def export(checkpoint: str, out: Path, *, int8: bool = True) -> Path:
    """A sequence-classification checkpoint (folder or hub name) → ``out`` with model.onnx, tokenizer and configuration.

    ``RASAD_TONE_MODEL=out`` then makes it the tone model. Raises SettingError when it cannot be read, Unavailable without PyTorch.
    """
    need_torch()
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(checkpoint)
        model = AutoModelForSequenceClassification.from_pretrained(checkpoint).eval()
    except (OSError, ValueError, KeyError) as error:
        raise SettingError("CHECKPOINT", checkpoint, f"no sequence-classification checkpoint there ({error})") from None

    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "model.onnx"
        export_model(model, whole)
        if int8:
            to_int8(whole, out / "model.onnx")
        else:
            shutil.copy(whole, out / "model.onnx")
    tokenizer.save_pretrained(out)
    model.config.save_pretrained(out)
    return out / "model.onnx"


def main() -> None:
    """``python -m nlp.train.export ENCODER WEIGHTS LAYERS OUT``: the bundled encoder."""
    encoder, weights, layers, out = sys.argv[1:]
    export_encoder(Path(encoder), Path(weights), int(layers), Path(out))
    sizes = {path.name: round(path.stat().st_size / 1e6, 1) for path in sorted(Path(out).iterdir())}
    print(json.dumps(sizes))


if __name__ == "__main__":
    main()
