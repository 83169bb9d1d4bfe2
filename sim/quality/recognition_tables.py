"""Recognition of distortions as tables, with CBT-LLM's published figures beside ours."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from evaluators.agreement.bootstrap import Figure
from evaluators.published import load_published
from evaluators.recognition.scores import RATIOS, Recognition, Score
from personas.distortions import taxonomy
from personas.schema import Distortion

BLANK = "–"
LABELLED = "labelled texts"
_NOTES = (
    "CBT-LLM (arXiv 2403.16008, table 3): a prompted ChatGPT against therapists on 500 Chinese "
    "questions. The paper does not say what was decided; its precision is not printed but follows "
    "from recall and F1. Its figures fit one yes or no per text: compare `any distortion`.",
    "With few labels per text most decisions are a right no: accuracy over all types says little.",
)
_OWN = (
    "These labels were given by the authors of the texts, who wrote the cues as well: the figures "
    "say whether the cues hear what the personas were written to say, not how people are heard."
)


def draw_recognition(
    found: Recognition, source: str, what: str, voice: str
) -> Iterator[Table | str]:
    """Yield the overall table, the table by type, and what the figures mean."""
    missing = f", {found.missing} without a readable answer" if found.missing else ""
    yield f"{source}: {found.texts} texts ({what}), {found.clusters} clusters{missing}"
    yield _draw_overall(found, voice)
    yield _draw_types(found, voice)
    yield from (*_NOTES, *((_OWN,) if what != LABELLED else ()))


def _draw_overall(found: Recognition, voice: str) -> Table:
    table = _start(f"Recognition of distortions by {voice}", "what is decided")
    if 0 < found.presence.held < found.texts:  # else there is nothing to decide
        table.add_row("any distortion", *_say_score(found.presence))
    table.add_row("each type, pooled (micro)", *_say_score(found.micro))
    table.add_row("each type, mean (macro)", *_say_score(found.macro))
    table.add_section()
    table.add_row("the exact set", *_say_counts(found.texts), _say(found.exact))
    table.add_row("overlap of the sets", *_say_counts(found.texts), _say(found.overlap))
    table.add_section()
    table.add_row("CBT-LLM, published", "500 texts", BLANK, *_say_published())
    return table


def _say_published() -> tuple[str, str, str, str]:
    """Return the paper's figures; the precision, in brackets, is the one they imply."""
    known = load_published("cbt_llm")["recognition"]
    recall, f1 = known["recall"], known["f1"]
    precision = f1 * recall / (2 * recall - f1)
    return f"{known['accuracy']:.2f}", f"({precision:.2f})", f"{recall:.2f}", f"{f1:.2f}"


def _draw_types(found: Recognition, voice: str) -> Table:
    table = _start(f"By type, {voice}", "distortion")
    used = {name: score for name, score in found.types.items() if score.held or score.named}
    for name, score in sorted(used.items(), key=lambda entry: -entry[1].held):
        table.add_row(taxonomy()[Distortion(name)].name.en, *_say_score(score))
    return table


def _start(title: str, first: str) -> Table:
    caption = "95 % bootstrap intervals over clusters"
    table = Table(title=title, caption=caption, title_justify="left", caption_justify="left")
    table.add_column(first, overflow="fold")
    for column in ("in truth", "named", *RATIOS):
        table.add_column(column.replace("f1", "F1"), justify="right")
    return table


def _say_score(score: Score) -> tuple[str, ...]:
    figures = (_say(score.figures[name]) for name in RATIOS)
    return str(score.held), str(score.named), *figures


def _say_counts(texts: int) -> tuple[str, str]:
    return f"{texts} texts", BLANK


def _say(figure: Figure) -> str:
    if figure.value is None:
        return BLANK
    if figure.low is None or figure.high is None:
        return f"{figure.value:.2f}"
    return f"{figure.value:.2f} ({figure.low:.2f}–{figure.high:.2f})"
