"""Agreement as tables in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.table import Table

from evaluators.agreement.bootstrap import Figure
from evaluators.agreement.raters import RaterReport
from evaluators.agreement.report import (
    Agreement,
    ItemAgreement,
    PairAgreement,
    PanelAgreement,
)

BLANK = "–"
_HEADS = {
    "alpha_ordinal": "α\nordinal",
    "alpha_interval": "α\ninterval",
    "icc_2_1": "ICC\n(2,1)",
    "icc_3_k": "ICC\n(3,k)",
    "weighted_kappa": "κ\nquadr.",
    "spearman": "Spearman",
    "noise_ceiling": "ceiling",
    "gap": "difference",
}
_INTERVALS = "95 % bootstrap intervals over episodes"


def draw_agreement(found: Agreement) -> Iterator[Table]:
    """Yield the tables: agreement by item for each group, judges against people, pairs, raters."""
    for name, group in found.groups.items():
        yield _draw_group(name, group, found.scale)
    if found.against:
        yield _draw_pairs("Judges against the mean of the people", found.against)
    yield _draw_pairs("Pairs of raters, mean of the items", found.pairs)
    yield _draw_raters(found.raters)


def _draw_group(name: str, group: PanelAgreement, scale: str) -> Table:
    who = "all raters" if name == "all" else name
    title = f"Agreement on {scale}, {who}: {', '.join(group.raters)}"
    pooled = "κ and Spearman: mean over pairs; all: rated by all, these count in ICCs and ceiling"
    caption = f"{_INTERVALS}; {pooled}"
    table = _start(title, caption)
    table.add_column("item", overflow="fold", min_width=14)
    _add_numbers(table, "n", "all", *(_HEADS[name] for name in group.items[0].figures))
    for item in group.items:
        table.add_row(*_name_item(item), *_say_figures(item.figures))
    return table


def _name_item(item: ItemAgreement) -> tuple[str, str, str]:
    return item.item.replace("_", " "), str(item.episodes), str(item.complete)


def _draw_pairs(title: str, pairs: Sequence[PairAgreement]) -> Table:
    table = _start(title, f"{_INTERVALS}; difference: second minus first, in points")
    for column in ("first", "second", "item"):
        table.add_column(column, overflow="fold")
    _add_numbers(table, "n", *(_HEADS[name] for name in pairs[0].figures))
    for pair in pairs:
        names = (pair.first, pair.second, pair.item.replace("_", " "), str(pair.episodes))
        table.add_row(*names, *_say_figures(pair.figures))
    return table


def _draw_raters(raters: Sequence[RaterReport]) -> Table:
    caption = f"{_INTERVALS}; deviation from the panel's mean, correlation with the other raters"
    table = _start("Raters, mean of the items", caption)
    table.add_column("rater", overflow="fold")
    _add_numbers(table, "n", "missing items", "mean", "deviation", "with the rest")
    table.add_column("stands out as")
    for rater in raters:
        table.add_row(
            rater.rater,
            str(rater.episodes),
            str(rater.missing),
            BLANK if rater.mean is None else f"{rater.mean:.2f}",
            _say(rater.deviation, signed=True),
            _say(rater.rest),
            ", ".join(rater.findings) or BLANK,
        )
    return table


def _start(title: str, caption: str) -> Table:
    return Table(title=title, caption=caption, title_justify="left", caption_justify="left")


def _add_numbers(table: Table, *columns: str) -> None:
    for column in columns:
        table.add_column(column, justify="right")


def _say_figures(figures: Mapping[str, Figure]) -> Iterator[str]:
    return (_say(figure, signed=name == "gap") for name, figure in figures.items())


def _say(figure: Figure, *, signed: bool = False) -> str:
    if figure.value is None:
        return BLANK
    value = f"{figure.value:+.2f}" if signed else f"{figure.value:.2f}"
    if figure.low is None or figure.high is None:
        return value.replace("-", "−")
    return f"{value}\n{figure.low:.2f}–{figure.high:.2f}".replace("-", "−")
