"""The pairwise judgements that lie in a run folder, for a report on that run alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from evaluators.ranking.comparisons import collect
from evaluators.ranking.position import measure_positions
from runs.comparison import PAIR_SHELF
from sim.tournament.board import Board
from sim.tournament.pairs import Judged, iter_outcomes, iter_shown


def recall_pairs(folder: Path, board: Board) -> Judged | None:
    """Return what pairwise judging found on the episodes of the board, `None` if there was none.

    Whether the pairs were drawn adaptively is not kept in the folder; `drawn` and `possible` tell that
    some are left out.
    """
    there = {row.key for row in board.rows}
    rows = [row for row in PAIR_SHELF.iter_lines(folder) if there.issuperset(row.episodes)]
    if not rows:
        return None
    return Judged(
        judges=tuple(dict.fromkeys(row.judge for row in rows)),
        adaptive=None,
        possible=_count_possible(board),
        drawn=len({frozenset(row.episodes) for row in rows}),
        missing=sum(row.won is None for row in rows),
        comparisons=collect(iter_outcomes(rows), board.counselors),
        positions=measure_positions(iter_shown(rows)),
    )


def _count_possible(board: Board) -> int:
    cells = Counter((row.client, row.seed) for row in board.rows)
    return sum(size * (size - 1) // 2 for size in cells.values())
