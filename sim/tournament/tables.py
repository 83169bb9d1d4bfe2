"""A tournament's results as tables in the terminal, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.table import Table

from evaluators.ranking.resampling import Interval
from sim.tournament.pairs import Judged
from sim.tournament.planning import Need, Pilot
from sim.tournament.results import MeasureResult, Results

BLANK = "–"


@dataclass(frozen=True)
class Grid:
    """A table of words: drawn by rich in the terminal, with pipes in Markdown."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def draw(self) -> Table:
        """Return the table for the terminal; the first column left, numbers right."""
        table = Table(
            title=self.title, caption=self.note, title_justify="left", caption_justify="left"
        )
        for n, column in enumerate(self.columns):
            table.add_column(column, justify="left" if n == 0 else "right")
        for row in self.rows:
            table.add_row(*row)
        return table

    def write(self) -> str:
        """Return the table in Markdown."""
        lines = [f"### {self.title}", "", _pipe(self.columns)]
        lines.append(_pipe(["---"] + ["---:"] * (len(self.columns) - 1)))
        lines += [_pipe(row) for row in self.rows]
        return "\n".join([*lines, *(["", self.note] if self.note else [])])


def _pipe(cells: tuple[str, ...] | list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def draw_results(results: Results) -> Iterator[Grid]:
    """Yield every table of the results, the most telling first."""
    yield _ranking(results)
    for measure in results.measures:
        yield _standings(measure, results)
    yield _differences(results.measures[0])
    yield _matrix(results)
    if results.judged is not None:
        yield _position(results.judged)
    if results.noise is not None:
        yield _noise(results)
    for name, groups in results.groups.items():
        yield _groups(name, groups, results)


def _ranking(results: Results) -> Grid:
    ranking = results.ranking
    rows = [
        (
            row.counselor,
            str(row.rank),
            f"{row.rank_low}–{row.rank_high}",
            _say(row.strength),
            f"{row.best:.0%}",
        )
        for row in ranking.ranked
    ]
    note = (
        f"Bradley–Terry with ties on {ranking.comparisons} comparisons ({ranking.ties} ties) decided by "
        f"{results.pairs_by}; strength in log-odds against the mean of all; clients resampled."
        f"{_say_sampling(results.judged)}"
    )
    columns = ("counselor", "rank", "95 % of ranks", "strength (95 %)", "P(best)")
    return Grid("Ranking", columns, tuple(rows), note)


def _say_sampling(judged: Judged | None) -> str:
    if judged is None or judged.adaptive is None:
        return ""
    return (
        f" The sampling was adaptive: {judged.drawn:,} of {judged.possible:,} pairs were drawn, the most "
        "telling ones, so the intervals are approximate."
    )


def _standings(found: MeasureResult, results: Results) -> Grid:
    measure = found.measure
    rows = tuple(
        (
            row.counselor,
            _say(row.mean),
            _number(row.worst),
            str(row.episodes),
            str(row.missing) if row.missing else "0",
        )
        for row in found.standings
    )
    worst = f"worst of {len(results.seeds)}"
    more = "more" if measure.better > 0 else "less"
    note = f"{measure.unit}; {more} is better; intervals over {results.forms} intake forms."
    return Grid(
        measure.name, ("counselor", "mean (95 %)", worst, "episodes", "missing"), rows, note
    )


def _differences(found: MeasureResult) -> Grid:
    rows = tuple(
        (
            f"{row.first} − {row.second}",
            _say(row.mean, sign=True),
            BLANK if row.effect is None else f"{row.effect:+.2f}",
            f"{row.wins:.0%}",
            _say_p(row.p_holm),
        )
        for row in found.differences
    )
    columns = ("pair", "difference (95 %)", "d_z", "better with", "p (Holm)")
    note = (
        "Paired by client; p from sign flips over clients, corrected for all pairs of this table."
    )
    return Grid(f"{found.measure.name}: differences", columns, rows, note)


def _matrix(results: Results) -> Grid:
    wins, ties = results.comparisons.wins.sum(axis=0), results.comparisons.ties.sum(axis=0)
    names = [row.counselor for row in results.ranking.ranked]
    places = [results.counselors.index(name) for name in names]
    rows = []
    for i, name in zip(places, names, strict=True):
        cells = [BLANK if i == j else _share(wins[i, j], ties[i, j], wins[j, i]) for j in places]
        rows.append((name, *cells))
    note = "Share of comparisons that the row won against the column, ties counting half."
    return Grid("Who beats whom", ("", *names), tuple(rows), note)


def _position(judged: Judged) -> Grid:
    rows = tuple(
        (row.judge, str(row.pairs), _say(row.consistency), _say(row.first), str(row.missing))
        for row in judged.positions
    )
    columns = ("judge", "pairs", "same in both orders (95 %)", "first chosen (95 %)", "missing")
    note = (
        "Every pair was shown in both orders; where the answer changed with the order it counts as a "
        "tie. First chosen: share of all choices, ties left out; 0.50 is even."
    )
    return Grid("Position", columns, rows, note)


def _share(won: float, tied: float, lost: float) -> str:
    played = won + tied + lost
    return f"{(won + tied / 2) / played:.0%}" if played else BLANK


def _noise(results: Results) -> Grid:
    noise = results.noise
    assert noise is not None
    parts = noise.components
    rows = (
        ("client (hard for everyone)", _number(parts.client)),
        ("client × counselor", _number(parts.match)),
        ("seed (same pair again)", _number(parts.seed)),
        ("judge severity", _number(parts.judge_severity)),
        ("judge noise", _number(parts.judge_noise)),
        ("smallest difference seen with 80 % power", _number(noise.smallest_visible)),
        ("same order when clients are redrawn", _percent(noise.same_order_clients)),
        ("same order when seeds are redrawn", _percent(noise.same_order_seeds)),
        ("same best when seeds are redrawn", _percent(noise.same_best_seeds)),
    )
    note = "Variances of the CTRS mean; – where the design cannot tell (one judge, one seed)."
    return Grid("Noise", ("what", "value"), rows, note)


def _groups(name: str, groups: dict[str, tuple[MeasureResult, ...]], results: Results) -> Grid:
    counselors = [row.counselor for row in results.ranking.ranked]
    rows = tuple(
        (group, *(_pick(found[0], counselor) for counselor in counselors))
        for group, found in groups.items()
    )
    return Grid(f"CTRS by {name}", (name, *counselors), rows, "Means with 95 % intervals.")


def _pick(found: MeasureResult, counselor: str) -> str:
    return next((_say(row.mean) for row in found.standings if row.counselor == counselor), BLANK)


def draw_plan(needs: list[Need], pilot: Pilot, difference: float, design: str) -> Grid:
    """Return the power table: clients needed by seeds, and the power of the plan."""
    rows = tuple(
        (str(row.seeds), _count(row.at_80), _count(row.at_90), f"{row.planned:.0%}")
        for row in needs
    )
    columns = ("seeds", "clients for 80 %", "clients for 90 %", "power of the plan")
    note = f"{design}. Variances: {pilot.source}."
    return Grid(f"To see a CTRS difference of {difference:g}", columns, rows, note)


def _count(clients: int | None) -> str:
    return "over 100,000" if clients is None else f"{clients:,}"


def _say(interval: Interval | None, *, sign: bool = False) -> str:
    if interval is None:
        return BLANK
    shape = "+.2f" if sign else ".2f"
    if interval.low is None or interval.high is None:
        return f"{interval.value:{shape}}"
    return f"{interval.value:{shape}} ({interval.low:{shape}} to {interval.high:{shape}})"


def _say_p(p: float) -> str:
    return "< .001" if p < 0.001 else f"{p:.3f}".lstrip("0")


def _number(value: float | None) -> str:
    return BLANK if value is None else f"{value:.2f}"


def _percent(value: float | None) -> str:
    return BLANK if value is None else f"{value:.0%}"
