"""BERTScore and BLEURT with a checkpoint on this machine; nothing is downloaded.

BERTScore is the F1 of greedy cosine matching of token embeddings (Zhang et al. 2020), at two thirds
of the encoder's depth (8 of 12 layers, as its authors chose for bert-base-chinese), without idf
weights and without rescaling. BLEURT (Sellam et al. 2020) is the output of a regression checkpoint
in the transformers format. Needs torch and transformers.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import torch
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer

from personas.errors import InputError

_LONGEST = 512


def bert_score(predictions: Sequence[str], references: Sequence[str], folder: Path) -> float:
    """Return the mean BERTScore F1. Raises InputError for a folder that holds no encoder."""
    tokenizer, model = _load(AutoModel, folder)
    layer = round(model.config.num_hidden_layers * 2 / 3)
    pairs = zip(predictions, references, strict=True)
    return fmean(
        _match(*(_embed(tokenizer, model, layer, text) for text in pair)) for pair in pairs
    )


def bleurt(predictions: Sequence[str], references: Sequence[str], folder: Path) -> float:
    """Return the mean BLEURT. Raises InputError for a folder that holds no regression model."""
    tokenizer, model = _load(AutoModelForSequenceClassification, folder)
    if model.config.num_labels != 1:
        what = f"a classifier of {model.config.num_labels} classes, not a BLEURT checkpoint"
        raise InputError(what, where=str(folder), todo="give one with a single output")
    pairs = zip(predictions, references, strict=True)
    return fmean(_rate(tokenizer, model, *pair) for pair in pairs)


def _load(kind: Any, folder: Path) -> tuple[Any, Any]:
    if not (folder / "config.json").is_file():
        todo = "download the model there first: hf download NAME --local-dir FOLDER"
        raise InputError("no checkpoint here (no config.json)", where=str(folder), todo=todo)
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = kind.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"the checkpoint cannot be read: {error}", where=str(folder)) from None
    return tokenizer, model.eval().to("cuda" if torch.cuda.is_available() else "cpu")


def _embed(tokenizer: Any, model: Any, layer: int, text: str) -> tuple[Any, Any]:
    """Return the unit vectors of the tokens, and which of them are words (not marks of the ends)."""
    batch = _encode(tokenizer, model, text, return_special_tokens_mask=True)
    words = batch.pop("special_tokens_mask")[0] == 0
    with torch.inference_mode():
        states = model(**batch, output_hidden_states=True).hidden_states[layer][0]
    return torch.nn.functional.normalize(states, dim=-1), words


def _match(prediction: tuple[Any, Any], reference: tuple[Any, Any]) -> float:
    """Return F1; as in the authors' package only words count, but they may match a mark."""
    if not prediction[1].any() or not reference[1].any():
        return 0.0
    near = prediction[0] @ reference[0].T
    precision = near.max(dim=1).values[prediction[1]].mean()
    recall = near.max(dim=0).values[reference[1]].mean()
    return float(2 * precision * recall / (precision + recall))


def _rate(tokenizer: Any, model: Any, prediction: str, reference: str) -> float:
    batch = _encode(tokenizer, model, reference, prediction)
    with torch.inference_mode():
        return float(model(**batch).logits[0, 0])


def _encode(tokenizer: Any, model: Any, *texts: str, **wanted: bool) -> Any:
    longest = min(_LONGEST, model.config.max_position_embeddings)
    batch = tokenizer(*texts, return_tensors="pt", truncation=True, max_length=longest, **wanted)
    return batch.to(model.device)
