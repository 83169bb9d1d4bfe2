"""Overlap with a reference: BLEU and chrF by sacrebleu, METEOR by NLTK, all on 0 to 1.

Chinese is taken character by character: sacrebleu's `zh` tokeniser for BLEU, and the words of
`agents.text` for METEOR. METEOR matches words and Porter stems; synonyms, which need a WordNet
download and know no Chinese, are off, so that the figure is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import nltk
from nltk.translate.meteor_score import single_meteor_score
from sacrebleu.metrics import BLEU, CHRF

from agents.text import words
from personas.schema import Language


@dataclass(frozen=True)
class Overlap:
    """One metric over a corpus; `signature` says how it was counted, to be quoted with the figure."""

    value: float
    signature: str


class _NoSynonyms:
    """Stands where METEOR expects WordNet."""

    def synsets(self, _: str) -> list[object]:
        """Return no synonyms."""
        return []


def measure_overlap(
    predictions: Sequence[str], references: Sequence[str], language: Language
) -> dict[str, Overlap]:
    """Return corpus BLEU, corpus chrF and the mean METEOR of answers, each against one reference."""
    bleu = BLEU(tokenize="zh" if language == "zh" else "13a")
    chrf = CHRF()
    found = {}
    for name, metric in (("bleu", bleu), ("chrf", chrf)):
        score = metric.corpus_score(list(predictions), [list(references)]).score / 100
        found[name] = Overlap(float(score), str(metric.get_signature()))
    pairs = zip(predictions, references, strict=True)
    meteor = fmean(_meteor(prediction, reference) for prediction, reference in pairs)
    found["meteor"] = Overlap(meteor, f"nltk:{nltk.__version__}|stem:porter|synonyms:no")
    return found


def _meteor(prediction: str, reference: str) -> float:
    return float(single_meteor_score(words(reference), words(prediction), wordnet=_NoSynonyms()))
