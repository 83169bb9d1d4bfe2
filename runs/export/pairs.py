"""Preference pairs: two episodes of one client and seed, of which one was clearly better counseled.

Found by an index of a few numbers an episode; the two of a pair are read again when they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from runs.export.exchanges import Exchange, join_exchanges, list_exchanges
from runs.export.formats import Row, Session
from runs.export.sieve import Sieve, rate
from runs.export.wanted import Run, Wanted
from runs.reader import read_episode, scan_episodes
from runs.record import Episode


@dataclass(frozen=True)
class Candidate:
    """An episode that may be one of a pair: where it stands, its rating, why it cannot be the better."""

    run: Run
    offset: int
    counselor: str
    ctrs: float
    fault: str

    @property
    def place(self) -> tuple[Path, int]:
        """Return what tells it from all others."""
        return self.run.folder, self.offset

    def read(self) -> Episode:
        """Return the episode."""
        return read_episode(self.run.folder, self.offset)


@dataclass
class Field:
    """All candidates by client and seed, and why the other episodes are none."""

    groups: dict[tuple[str, int], list[Candidate]]
    unfit: list[str]

    def pairs(self, least: float) -> Iterator[tuple[Candidate, Candidate]]:
        """Yield the best of every group with each one that lies at least `least` below it."""
        for group in self.groups.values():
            good = [candidate for candidate in group if not candidate.fault]
            if not good:
                continue
            best = max(good, key=lambda candidate: candidate.ctrs)
            for other in group:
                if other is not best and best.ctrs - other.ctrs >= least:
                    yield best, other


def gather(runs: Iterable[Run], sieve: Sieve, find_fault: Callable[[Run, Episode], str]) -> Field:
    """Return the candidates of all runs; one with a fault cannot be the better of a pair."""
    found = Field({}, [])
    for run in runs:
        for offset, episode in scan_episodes(run.folder):
            ctrs = rate(run.verdicts(episode), sieve.filters.judge)
            unfit = sieve.find_unfit(episode) or ("" if ctrs is not None else "CTRS missing")
            if ctrs is None or unfit:
                found.unfit.append(unfit)
                continue
            fault = find_fault(run, episode)
            group = found.groups.setdefault((episode.persona.digest, episode.seed), [])
            group.append(Candidate(run, offset, episode.counselor, ctrs, fault))
    return found


def lay_out_pair(
    better: Episode, worse: Episode, wanted: Wanted
) -> tuple[str, tuple[list[Exchange], list[Exchange]]]:
    """Return protocol and exchanges of both, laid out alike: as theirs if it is one, else as plain.

    Raises UnbriefedError as `list_exchanges` does.
    """
    one, other = wanted.layout_for(better.counselor), wanted.layout_for(worse.counselor)
    if one.protocol != other.protocol:
        one = replace(wanted, layout="plain").layout_for("plain")
    return one.protocol, (list_exchanges(better, one), list_exchanges(worse, one))


def write_pair(better: Session, worse: Session, *, turns: bool) -> Row | None:
    """Return the row of a pair (TRL: preference), from where the two part; None if they never do.

    The shared beginning is the prompt; chosen and rejected are all that follows, or with `turns` the
    one next message of the counselor.
    """
    place = _find_parting(better.exchanges, worse.exchanges)
    if place is None:
        return None
    prompt = list(better.exchanges[place].request)
    chosen, rejected = (
        [side.exchanges[place].reply]
        if turns
        else join_exchanges(side.exchanges[place:])[len(prompt) :]
        for side in (better, worse)
    )
    return {
        "prompt": prompt,
        "chosen": chosen,
        "rejected": rejected,
        "lineage": {"chosen": better.lineage.as_row(), "rejected": worse.lineage.as_row()},
    }


def _find_parting(one: Sequence[Exchange], other: Sequence[Exchange]) -> int | None:
    """Return the number of the first message that differs behind equal requests."""
    for place, (mine, theirs) in enumerate(zip(one, other, strict=False)):
        if mine.request != theirs.request:
            return None
        if mine.words != theirs.words:
            return place
    return None
