"""A run in numbers: small aggregates, filled in one pass over a stream of episodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from sys import intern

from agents.transcript import Speaker, turns_of
from evaluators.panel import merge_verdicts
from evaluators.realism.repeats import count_repeats
from evaluators.realism.talk import client_turn_lengths, counselor_words
from evaluators.statistics import cluster_mean
from evaluators.verdict import Verdict
from graphs.state import Finish
from runs.record import Episode
from sim.counting.measures import (
    PANAS_READERS,
    count_loops,
    ctrs_items,
    ctrs_mean,
    measure_affect,
)
from sim.counting.spending import Spending
from sim.counting.vetoes import SafetyPart

Json = dict[str, object]
Clustered = list[tuple[str, float]]


@dataclass
class Average:
    """A running mean that knows over how many, and how many were missing."""

    total: float = 0.0
    n: int = 0
    missing: int = 0

    def add(self, value: float | None) -> None:
        """Take in one value; `None` counts as missing, never as 0."""
        if value is None:
            self.missing += 1
        else:
            self.total += value
            self.n += 1

    @property
    def mean(self) -> float | None:
        """Return the mean, `None` over nothing."""
        return self.total / self.n if self.n else None

    def to_json(self) -> Json:
        """Return mean, n and missing."""
        return {"mean": _round(self.mean), "n": self.n, "missing": self.missing}


@dataclass
class AffectPart:
    """PANAS of one group through one pair of eyes, in sums of 10 to 50; only complete pairs enter."""

    pa_before: Average = field(default_factory=Average)
    pa_after: Average = field(default_factory=Average)
    na_before: Average = field(default_factory=Average)
    na_after: Average = field(default_factory=Average)

    def add(self, episode: Episode, reader: str = "self") -> None:
        """Take in one episode, as `reader` sees it."""
        affect = measure_affect(episode, reader)
        self._add_pair(affect.pa_before, affect.pa_after, self.pa_before, self.pa_after)
        self._add_pair(affect.na_before, affect.na_after, self.na_before, self.na_after)

    def to_json(self) -> Json:
        """Return the means of the sums before and after, their difference, over how many; and the same
        as means over the ten items (1 to 5), as Cactus reports them."""
        return {
            "pa_before": _round(self.pa_before.mean),
            "pa_after": _round(self.pa_after.mean),
            "pa_change": subtract(self.pa_after.mean, self.pa_before.mean),
            "na_before": _round(self.na_before.mean),
            "na_after": _round(self.na_after.mean),
            "na_change": subtract(self.na_after.mean, self.na_before.mean),
            "item_means": {
                "pa_before": _per_item(self.pa_before.mean),
                "pa_after": _per_item(self.pa_after.mean),
                "na_before": _per_item(self.na_before.mean),
                "na_after": _per_item(self.na_after.mean),
            },
            "n": min(self.pa_after.n, self.na_after.n),
            "missing": max(self.pa_after.missing, self.na_after.missing),
        }

    @staticmethod
    def _add_pair(before: float | None, after: float | None, early: Average, late: Average) -> None:
        whole = before is not None and after is not None
        early.add(before if whole else None)
        late.add(after if whole else None)


@dataclass
class CounselorPart:
    """Everything about one counselor."""

    voice: str = ""
    episodes: int = 0
    ctrs: Clustered = field(default_factory=list)
    ctrs_missing: int = 0
    items: dict[str, Average] = field(default_factory=dict)
    finishes: Counter[str] = field(default_factory=Counter)
    channels: Average = field(default_factory=Average)
    loops: Average = field(default_factory=Average)
    lengths: Counter[int] = field(default_factory=Counter)
    client_words: int = 0
    counselor_words: int = 0
    repeats: int = 0
    stand_ins: int = 0
    safety: SafetyPart = field(default_factory=SafetyPart)

    def add(self, episode: Episode, added: Sequence[Verdict]) -> None:
        """Take in one episode; of the verdicts `added` to it only the safety flow's count here."""
        self.voice = episode.voices.counselor
        self.episodes += 1
        self.finishes[episode.finish.value] += 1
        self.channels.add(len(episode.channels))
        self.loops.add(count_loops(episode.edges))
        self._add_ratings(episode)
        self._add_words(episode)
        flows = [v for v in merge_verdicts(episode.verdicts, added) if v.kind == "flow"]
        if flows:
            self.safety.add(flows)

    @property
    def median_words(self) -> float | None:
        """Return the median length of a client message in words."""
        return median_of(self.lengths)

    @property
    def client_share(self) -> float | None:
        """Return the client's share of all words, 0 to 1."""
        words = self.client_words + self.counselor_words
        return self.client_words / words if words else None

    def to_json(self) -> Json:
        """Return the numbers by name."""
        return {
            "voice": self.voice,
            "episodes": self.episodes,
            "ctrs": self._ctrs_to_json(),
            "items": {item: average.to_json() for item, average in self.items.items()},
            "safety": self.safety.to_json(),
            "finish": dict(sorted(self.finishes.items())),
            "channels_mean": _round(self.channels.mean),
            "loops_mean": _round(self.loops.mean),
            "client_words_median": self.median_words,
            "client_share": _round(self.client_share),
            "client_repeats": self.repeats,
            "client_stand_ins": self.stand_ins,
        }

    def _add_ratings(self, episode: Episode) -> None:
        mean = ctrs_mean(episode)
        if mean is None:
            self.ctrs_missing += 1
        else:
            self.ctrs.append((intern(episode.persona.form), mean))
        for item, score in ctrs_items(episode):
            self.items.setdefault(item, Average()).add(score)

    def _add_words(self, episode: Episode) -> None:
        lengths = client_turn_lengths(episode.transcript)
        self.lengths.update(lengths)
        self.client_words += sum(lengths)
        self.counselor_words += counselor_words(episode.transcript)
        texts = [turn.text for turn in turns_of(episode.transcript, Speaker.CLIENT)]
        self.repeats += count_repeats(texts)
        self.stand_ins += sum(bool(gauge.stand_in) for gauge in episode.trace)

    def _ctrs_to_json(self) -> Json:
        if not self.ctrs:
            return {"mean": None, "n": 0, "missing": self.ctrs_missing}
        estimate = cluster_mean(self.ctrs)
        return {
            "mean": _round(estimate.mean),
            "low": _round(estimate.low),
            "high": _round(estimate.high),
            "n": estimate.n,
            "forms": estimate.clusters,
            "missing": self.ctrs_missing,
        }


@dataclass
class Summary:
    """A run in numbers. Fill it with `add` or `summarize`, read it with `to_json`."""

    episodes: int = 0
    language: str = ""
    clients: Counter[str] = field(default_factory=Counter)
    judges: Counter[str] = field(default_factory=Counter)
    counselors: dict[str, CounselorPart] = field(default_factory=dict)
    affect_by_attitude: dict[str, AffectPart] = field(default_factory=dict)
    affect_by_counselor: dict[str, AffectPart] = field(default_factory=dict)
    affect_by_reader: dict[str, AffectPart] = field(default_factory=dict)
    finish_by_attitude: dict[str, Counter[str]] = field(default_factory=dict)
    spending: Spending = field(default_factory=Spending)
    edges: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, episode: Episode, added: Sequence[Verdict] = ()) -> None:
        """Take in one episode with the verdicts added to it; nothing is kept but numbers."""
        attitude, counselor = episode.persona.attitude.value, episode.counselor
        self.episodes += 1
        self.language = episode.language
        self.clients[episode.voices.client] += 1
        self.judges.update(episode.voices.judges)
        self.counselors.setdefault(counselor, CounselorPart()).add(episode, added)
        self.affect_by_attitude.setdefault(attitude, AffectPart()).add(episode)
        self.affect_by_counselor.setdefault(counselor, AffectPart()).add(episode)
        self.spending.add(episode.calls)
        for reader in PANAS_READERS:
            self.affect_by_reader.setdefault(reader, AffectPart()).add(episode, reader)
        self.finish_by_attitude.setdefault(attitude, Counter())[episode.finish.value] += 1
        if counselor.partition("@")[0] == "crdial":
            self.edges.update((edge.source, edge.target, edge.reason) for edge in episode.edges)

    def to_json(self) -> Json:
        """Return everything as plain data for `--json`."""
        return {
            "episodes": self.episodes,
            "synthetic": True,
            "language": self.language,
            "voices": {"client": sorted(self.clients), "judges": sorted(self.judges)},
            "counselors": {
                name: self.counselors[name].to_json() for name in sorted(self.counselors)
            },
            "panas_by_attitude": _plain(self.affect_by_attitude),
            "panas_by_counselor": _plain(self.affect_by_counselor),
            "panas_by_reader": {
                name: self.affect_by_reader[name].to_json()
                for name in PANAS_READERS
                if self.episodes
            },
            "finish_by_attitude": {a: dict(n) for a, n in sorted(self.finish_by_attitude.items())},
            "dropout_by_attitude": {a: self.dropout(a) for a in sorted(self.finish_by_attitude)},
            "calls": self.spending.to_json(),
            "crdial_edges": [
                {"source": source, "target": target, "reason": reason, "count": count}
                for (source, target, reason), count in sorted(self.edges.items())
            ],
        }

    def dropout(self, attitude: str) -> float:
        """Return the share of clients of this attitude who dropped out, 0 to 1."""
        counts = self.finish_by_attitude[attitude]
        return round(counts[Finish.DROPPED_OUT.value] / counts.total(), 4)


def summarize(episodes: Iterable[Episode]) -> Summary:
    """Return the numbers of a stream of episodes."""
    summary = Summary()
    for episode in episodes:
        summary.add(episode)
    return summary


def median_of(counts: Counter[int]) -> float | None:
    """Return the median of values that were counted."""
    total = counts.total()
    if not total:
        return None
    low, high = _pick(counts, (total - 1) // 2), _pick(counts, total // 2)
    return (low + high) / 2


def subtract(after: float | None, before: float | None) -> float | None:
    """Return a difference, `None` if a side is missing."""
    return None if after is None or before is None else round(after - before, 4)


def _pick(counts: Counter[int], place: int) -> int:
    """Return the value at this place in sorted order."""
    for value in sorted(counts):
        place -= counts[value]
        if place < 0:
            return value
    raise IndexError("place outside of the counted values")


def _per_item(total: float | None) -> float | None:
    return None if total is None else round(total / 10, 4)


def _plain(parts: dict[str, AffectPart]) -> Json:
    return {name: parts[name].to_json() for name in sorted(parts)}


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
