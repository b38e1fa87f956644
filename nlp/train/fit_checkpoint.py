"""Fine-tune another tone model, a checkpoint of the Hugging Face format, on tones that officers corrected. PyTorch."""

from collections.abc import Sequence
from pathlib import Path

from core.errors import BadInput, SettingError
from nlp.corrections import LEAST, Corrected
from nlp.train.export import export, need_torch
from nlp.weights import tone_of_labels
from nlp.windows import joined

EPOCHS, BATCH, RATE, SEED = 4, 8, 3e-5, 1
PIECES = 256


def fine_tune(rows: Sequence[Corrected], checkpoint: str, out: Path, mapping: str = "") -> int:
    """Fine-tune ``checkpoint`` on the corrected tones of ``rows`` into ``out`` (the checkpoint, and model.onnx beside it); their number.

    ``mapping`` says what its labels mean (RASAD_TONE_LABELS). The checkpoint itself is not changed. Raises Unavailable without PyTorch,
    SettingError for an unusable checkpoint, BadInput with fewer than ten tones.
    """
    need_torch()
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(checkpoint)
        model = AutoModelForSequenceClassification.from_pretrained(checkpoint)
    except (OSError, ValueError, KeyError) as error:
        raise SettingError("CHECKPOINT", checkpoint, f"no sequence-classification checkpoint there ({error})") from None
    tones = tone_of_labels({int(number): str(name) for number, name in model.config.id2label.items()}, mapping)
    known = [(joined(row.text.headline, joined(row.text.lead, row.text.body)), row.tone) for row in rows if row.tone in tones]
    if len(known) < LEAST:
        raise BadInput("corrections", len(known), f"at least {LEAST} corrected tones are needed to learn from")
    torch.manual_seed(SEED)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01)
    longest = min(PIECES, int(getattr(model.config, "max_position_embeddings", PIECES)) - 2)
    model.train()
    for _ in range(EPOCHS):
        order = torch.randperm(len(known)).tolist()
        for start in range(0, len(order), BATCH):
            texts, said = zip(*(known[place] for place in order[start : start + BATCH]), strict=True)
            pieces = tokenizer(list(texts), truncation=True, max_length=longest, padding=True, return_tensors="pt")
            loss = model(**pieces, labels=torch.tensor([tones.index(str(tone)) for tone in said])).loss
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    model.eval().save_pretrained(out)
    tokenizer.save_pretrained(out)
    export(str(out), out)
    return len(known)
