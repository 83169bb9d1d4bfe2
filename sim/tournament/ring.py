"""The ring: pairs of episodes before pairwise judges, in both orders, each comparison kept as it ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from agents.models.budget import Budget
from agents.models.stop import StopRun
from runs.added import AddedStore
from runs.comparison import PAIR_SHELF, Comparison, comparison_key
from runs.index import EpisodeIndex
from sim.playing.casting import SCRIPTED, PairSeat
from sim.playing.progress import Meter
from sim.playing.runner import Tally, work_off
from sim.playing.stage import keep_calls, utc_now
from sim.tournament.design import Pair


@dataclass(frozen=True)
class Contest:
    """One pair before one judge."""

    key: str
    pair: Pair
    seat: PairSeat


@dataclass(frozen=True)
class Missed:
    """A contest that broke; it stays owed."""

    error: str
    message: str


class Ring:
    """Judges the pairs it is given, and knows what was judged before.

    `tally` counts comparisons (a pair before a judge); `first_error` is the first that broke one.
    """

    def __init__(
        self,
        seats: Sequence[PairSeat],
        index: EpisodeIndex,
        store: AddedStore[Comparison],
        budget: Budget,
        tally: Tally,
    ) -> None:
        self.tally = tally
        self.first_error = ""
        self._seats = tuple(seats)
        self._index = index
        self._store = store
        self._budget = budget
        self._found: dict[str, Comparison] = {}

    def recall(self, folder: Path) -> int:
        """Take in the comparisons of a folder; return how many there are."""
        self._found = {row.key: _slim(row) for row in PAIR_SHELF.iter_lines(folder)}
        return len(self._found)

    def judge(self, pairs: Sequence[Pair], concurrency: int, meter: Meter) -> None:
        """Judge what is owed of these pairs; ends as `run_batch` does."""
        contests = list(self._enter(pairs))
        self.tally.kept += sum(contest.key in self._found for contest in contests)
        owed = (contest for contest in contests if contest.key not in self._found)
        work_off(owed, self._compare, partial(self._keep, meter), self.tally, concurrency)

    def results(self, pairs: Sequence[Pair]) -> list[Comparison | None]:
        """Return what every judge said of these pairs, without the reasons; `None` where it is owed."""
        return [self._found.get(contest.key) for contest in self._enter(pairs)]

    def _enter(self, pairs: Sequence[Pair]) -> Iterator[Contest]:
        for pair in pairs:
            for seat in self._seats:
                yield Contest(comparison_key(pair.episodes, seat.spec, seat.digest), pair, seat)

    async def _compare(self, contest: Contest) -> Comparison | Missed:
        """Compare in both orders. A broken model is data; raises StopRun if no call can be made."""
        pair, seat = contest.pair, contest.seat
        one, other = map(self._index.read, pair.episodes)
        asks = seat.spec != SCRIPTED
        with keep_calls(self._store.journal, self._budget, contest.key, with_models=asks) as calls:
            try:
                forward = await seat.judge.compare(one.transcript, other.transcript, one.language)
                backward = await seat.judge.compare(other.transcript, one.transcript, one.language)
            except StopRun:
                raise
            except Exception as error:  # noqa: BLE001 - whatever broke, the others are judged
                return Missed(type(error).__name__, str(error))
        return Comparison(
            key=contest.key,
            episodes=pair.episodes,
            counselors=pair.counselors,
            client=pair.cell.client,
            form=pair.cell.form,
            seed=pair.cell.seed,
            judge=seat.spec,
            voice=seat.judge.voice,
            forward=forward,
            backward=backward,
            calls=tuple(calls),
            at=utc_now(),
        )

    def _keep(self, meter: Meter, result: Comparison | Missed) -> None:
        if isinstance(result, Missed):
            self.tally.count_failure(result.error)
            self.first_error = self.first_error or result.message
            meter.watch(0)
            return
        self._store.add(result)
        self._found[result.key] = _slim(result)
        self.tally.played += 1
        meter.watch(1)


def _slim(row: Comparison) -> Comparison:
    """Return a comparison without what only a reader needs: thousands stay in memory."""
    forward, backward = (replace(seen, reason="") for seen in (row.forward, row.backward))
    return row.model_copy(update={"forward": forward, "backward": backward, "calls": ()})
