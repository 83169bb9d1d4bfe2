"""Text metrics as tables, with CBT-LLM's published figures beside ours."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from evaluators.published import load_published
from evaluators.text_metrics.corpus import Corpus
from evaluators.text_metrics.overlap import Overlap
from evaluators.text_metrics.structure import StructureSummary
from personas.distortions import taxonomy
from personas.schema import Distortion
from sim.quality.text_findings import Metrics

BLANK = "–"
_METRICS = {
    "bleu": "BLEU",
    "meteor": "METEOR",
    "chrf": "chrF",
    "bleurt": "BLEURT",
    "bert_score": "BERTScore",
}
_DIFFERS = (
    "What differs from the paper: other questions and references; BLEU and METEOR by character on "
    "Chinese, without synonyms (the paper used the jury toolkit and names no tokenizer); other "
    "checkpoints for BLEURT and BERTScore. The figures show an order of size, no ranking."
)


def draw_metrics(found: Metrics, name: str) -> Iterator[Table | str]:
    """Yield the tables on overlap (with references), structure, corpus and distortions."""
    if found.overlap:
        yield _draw_overlap(found.overlap, name)
        yield from (f"{_METRICS[key]}: {found.overlap[key].signature}" for key in found.overlap)
        yield _DIFFERS
    yield _draw_structure(found.structure, found.corpus.answers)
    yield draw_corpus(found.corpus)
    yield draw_named(found.corpus)


def _draw_overlap(overlap: dict[str, Overlap], name: str) -> Table:
    table = _start("Overlap with the references (0 to 1)", "answers of")
    _add_numbers(table, *_METRICS.values())
    cells = (f"{overlap[key].value:.4f}" if key in overlap else BLANK for key in _METRICS)
    table.add_row(name, *cells)
    table.add_section()
    for backbone, row in load_published("cbt_llm")["automatic"].items():
        table.add_row(f"CBT-LLM, {backbone}, published", *(f"{row[key]:.4f}" for key in _METRICS))
    return table


def _draw_structure(structure: StructureSummary, answers: int) -> Table:
    table = _start(f"Five-part structure, {answers} answers", "part, by cues")
    _add_numbers(table, "share of answers")
    for part, share in structure.parts.items():
        table.add_row(part.replace("_", " "), f"{share:.2f}")
    table.add_section()
    table.add_row("all five", f"{structure.all_five:.2f}")
    table.add_row("all five, in order", f"{structure.in_order:.2f}")
    return table


def draw_corpus(corpus: Corpus) -> Table:
    """Draw CBT-LLM's table 1 with the published figures beside ours."""
    known = load_published("cbt_llm")["corpus"]
    table = _start("Corpus (as CBT-LLM's table 1)", "criterion")
    _add_numbers(table, "ours", "published")
    table.add_row("answers", f"{corpus.answers:,}", f"{known['answers']:,}")
    for key, label in (
        ("question_chars", "characters per question"),
        ("description_chars", "characters per description"),
        ("asked_chars", "characters per question with description"),
        ("answer_chars", "characters per answer"),
    ):
        table.add_row(label, _say(getattr(corpus, key)), _say(known.get(key)))
    shares = (f"{share:.1%}" for share in (corpus.naming_share, known["naming_share"]))
    table.add_row("answers that name a distortion", *shares)
    return table


def draw_named(corpus: Corpus) -> Table:
    """Draw CBT-LLM's table 2: how many answers name which distortion; shares of the naming ones."""
    known = dict(load_published("cbt_llm")["distortions"])
    others = known.pop("others")
    table = _start("Distortions named in answers (as CBT-LLM's table 2)", "distortion")
    _add_numbers(table, "ours", "share", "published", "share")
    total = round(load_published("cbt_llm")["corpus"]["naming_share"] * 22327)
    for name, count in known.items():
        label = taxonomy()[Distortion(name)].name.en
        table.add_row(label, *_count(corpus, corpus.distortions.get(name, 0)), *_of(count, total))
    rest = sum(count for name, count in corpus.distortions.items() if name not in known)
    table.add_row("others", *_count(corpus, rest), *_of(others, total))
    return table


def _count(corpus: Corpus, count: int) -> tuple[str, str]:
    return _of(count, corpus.naming)


def _of(count: int, total: int) -> tuple[str, str]:
    return f"{count:,}", f"{count / total:.0%}" if total else BLANK


def _say(value: float | None) -> str:
    return BLANK if value is None else f"{value:.1f}"


def _start(title: str, first: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(first, overflow="fold")
    return table


def _add_numbers(table: Table, *columns: str) -> None:
    for column in columns:
        table.add_column(column, justify="right")
