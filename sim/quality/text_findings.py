"""What is found of a file of answers: overlap with references, the five parts, what the corpus holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evaluators.text_metrics.answers import find_language, pair_answers, read_answers
from evaluators.text_metrics.corpus import Corpus, describe_corpus
from evaluators.text_metrics.overlap import Overlap, measure_overlap
from evaluators.text_metrics.structure import StructureSummary, summarize_structure
from personas.schema import Language


@dataclass(frozen=True)
class Checkpoints:
    """Folders of local models for the metrics that need one."""

    bertscore: Path | None = None
    bleurt: Path | None = None


@dataclass(frozen=True)
class Metrics:
    """Everything found of a file of answers; `overlap` is empty without references."""

    language: Language
    overlap: dict[str, Overlap]
    structure: StructureSummary
    corpus: Corpus


def find_metrics(predictions: Path, references: Path | None, checkpoints: Checkpoints) -> Metrics:
    """Return the metrics. Raises InputError for rows or checkpoints that cannot be used."""
    answers = read_answers(predictions)
    texts = [answer.output for answer in answers]
    overlap: dict[str, Overlap] = {}
    language = find_language(texts)
    if references is not None:
        known = read_answers(references)
        language = find_language(answer.output for answer in known)
        given, held = pair_answers(answers, known, predictions)
        overlap = measure_overlap(given, held, language)
        overlap |= _ask_checkpoints(given, held, checkpoints)
    return Metrics(
        language, overlap, summarize_structure(texts, language), describe_corpus(answers)
    )


def _ask_checkpoints(
    given: list[str], held: list[str], checkpoints: Checkpoints
) -> dict[str, Overlap]:
    found = {}
    if checkpoints.bertscore is not None:
        from evaluators.text_metrics.neural import bert_score

        value = bert_score(given, held, checkpoints.bertscore)
        found["bert_score"] = Overlap(value, f"{checkpoints.bertscore}|layer:2/3|idf:no")
    if checkpoints.bleurt is not None:
        from evaluators.text_metrics.neural import bleurt

        found["bleurt"] = Overlap(bleurt(given, held, checkpoints.bleurt), str(checkpoints.bleurt))
    return found
