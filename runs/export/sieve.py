"""Which episodes go into a training set, and why the others do not; every one is counted once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from agents.transcript import Speaker
from evaluators.panas import panas_sums
from evaluators.verdict import PanasReading, Verdict
from graphs.state import Finish
from runs.check.talk import breaks_off
from runs.export.alike import Repeats
from runs.export.exchanges import spoken_part
from runs.record import Episode


@dataclass(frozen=True)
class Filters:
    """What is wanted; `None` and empty let everything through. `judge` names whose verdicts count.

    `min_ctrs` bounds the mean over items and judges (0 to 6), `min_na_drop` the fall of the negative
    sum of the client's own PANAS (10 to 50), `dedup` leaves out what says nearly the same as an
    earlier session of the form, `best` all but the best rated session of each client (by its CTRS;
    pairs are made of the best anyway). What was not rated does not pass.
    """

    counselors: tuple[str, ...] = ()
    finishes: tuple[Finish, ...] = ()
    min_ctrs: float | None = None
    min_na_drop: float | None = None
    no_vetoed: bool = False
    dedup: bool = False
    best: bool = False
    judge: str | None = None


@dataclass
class Sieve:
    """Lets episodes through or says why not."""

    filters: Filters
    _repeats: Repeats = field(default_factory=Repeats)

    def find_unfit(self, episode: Episode) -> str:
        """Return why an episode is of no use at all, empty if it is."""
        wanted = self.filters.counselors
        if wanted and episode.counselor not in wanted:
            return "other counselor"
        if any(gauge.stand_in == "message" for gauge in episode.trace):
            return "a stand-in spoke for the client"
        own = (turn for turn in episode.transcript if turn.speaker is Speaker.COUNSELOR)
        if any(breaks_off(turn.text) for turn in own):
            return "a message of the counselor breaks off"
        return ""

    def find_fault(self, episode: Episode, verdicts: Sequence[Verdict]) -> str:
        """Return why an episode is not good enough, empty if it is."""
        wanted = self.filters
        if wanted.finishes and episode.finish not in wanted.finishes:
            return f"finish {episode.finish}"
        return (
            _below("CTRS", rate(verdicts, wanted.judge), wanted.min_ctrs)
            or _below("NA drop", na_drop(episode), wanted.min_na_drop)
            or (_veto(verdicts, wanted.judge) if wanted.no_vetoed else "")
        )

    def is_repeated(self, episode: Episode) -> bool:
        """Tell whether nearly the same was said in an earlier episode, where that matters."""
        if not self.filters.dedup:
            return False
        return self._repeats.is_repeated(episode.persona.form, spoken_part(episode))


def rate(verdicts: Iterable[Verdict], judge: str | None = None) -> float | None:
    """Return the mean CTRS (0 to 6) over judges, `None` where nobody rated it."""
    means = [
        verdict.mean
        for verdict in verdicts
        if verdict.scale.startswith("ctrs") and judge in (None, verdict.judge)
    ]
    rated = [mean for mean in means if mean is not None]
    return fmean(rated) if rated else None


def na_drop(episode: Episode) -> float | None:
    """Return by how much the client's negative sum (10 to 50) fell by its own report."""
    before, after = (_own_sum(part) for part in (episode.panas.before, episode.panas.after))
    return None if before is None or after is None else before - after


def _own_sum(readings: Iterable[PanasReading]) -> float | None:
    own = next((reading for reading in readings if reading.reader == "self"), None)
    return None if own is None else panas_sums(own)[1]


def _below(what: str, value: float | None, least: float | None) -> str:
    if least is None or (value is not None and value >= least):
        return ""
    return f"{what} missing" if value is None else f"{what} below {least:g}"


def _veto(verdicts: Iterable[Verdict], judge: str | None) -> str:
    said = [v.vetoed for v in verdicts if v.kind == "flow" and judge in (None, v.judge)]
    if True in said:
        return "vetoed"
    return "" if False in said else "safety not judged"
