"""The figures of a report one by one, each beside what is known of people, with a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from evaluators.realism.fidelity import Fidelity
from evaluators.realism.lexical import self_bleu
from evaluators.realism.motivation import BY_TURN
from evaluators.realism.reference import NONE, Judged, Reference, reference_for
from evaluators.realism.report import Report
from evaluators.realism.share import Share


class Unit(StrEnum):
    """How a figure is written."""

    NUMBER = "number"
    SHARE = "share"


@dataclass(frozen=True)
class Finding:
    """One figure: `name` for machines, `label` for people, its interval and over how many it goes."""

    name: str
    label: str
    value: float | None
    unit: Unit = Unit.NUMBER
    low: float | None = None
    high: float | None = None
    n: int | None = None
    reference: Reference = NONE
    judged: Judged | None = None

    @property
    def verdict(self) -> Judged:
        """Return where the figure lies, by its reference unless it was judged otherwise."""
        return self.judged or self.reference.judge(self.value)

    def to_json(self) -> dict[str, object]:
        """Return figure, interval, n, the human figure, the accepted range and the verdict."""
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "human": self.reference.human or None,
            "accepted": [self.reference.low, self.reference.high],
            "verdict": self.verdict.value,
        }


def find_short(fidelity: Fidelity) -> Iterator[Finding]:
    """Yield what a look at a run should start with; cheap to get."""
    yield from _find_lengths(fidelity)
    yield _share("talk_share", "client's share of the talk", fidelity.talk, interval=False)
    yield _share("repeat_sessions", "sessions with a verbatim repeat", fidelity.repeat_sessions)
    yield _share("flips", "messages that flip roles", fidelity.flips, interval=False)
    yield _share("motivated", f"motivated by turn {BY_TURN} (MR@{BY_TURN})", fidelity.motivated)


def find_all(report: Report) -> Iterator[Finding]:
    """Yield every figure over all sessions."""
    fidelity = report.all
    yield from find_short(fidelity)
    if fidelity.motivated_exact.n:
        yield _share("motivated_exact", f"MR@{BY_TURN} by the mind", fidelity.motivated_exact)
        yield _share("motivated_agreement", "  words and mind agree", fidelity.agreement)
    yield _share(
        "repeat_turns", "messages repeated verbatim", fidelity.repeat_turns, interval=False
    )
    yield _share("near_sessions", "sessions with a near repeat", fidelity.near_sessions)
    yield _share("near_turns", "messages nearly repeated", fidelity.near_turns, interval=False)
    for kind, share in fidelity.flip_kinds.items():
        yield _share(
            f"flips_{kind.value}", f"messages where it {kind.value}", share, interval=False
        )
    yield from _find_variety(report)
    yield from _find_hazard(report)


def _find_lengths(fidelity: Fidelity) -> Iterator[Finding]:
    for language in sorted(fidelity.lengths):
        unit = "words" if language == "en" else "characters"
        n = fidelity.lengths[language].total()
        for name, value in (
            ("median", fidelity.median_length(language)),
            ("mean", fidelity.mean_length(language)),
        ):
            key = f"words_{name}" if language == "en" else f"characters_{name}"
            label = f"{unit} per client message, {name}"
            yield Finding(key, label, value, n=n, reference=reference_for(key))


def _find_variety(report: Report) -> Iterator[Finding]:
    for name, label in (
        ("distinct_1", "distinct-1 (first 100 words)"),
        ("distinct_2", "distinct-2 (first 100 words)"),
        ("mtld", "MTLD"),
    ):
        _, n = report.all.lexical.get(name, (0.0, 0))
        yield Finding(name, label, report.all.mean_lexical(name), n=n)
    texts = report.sample.texts
    yield Finding("self_bleu", "self-BLEU across sessions", self_bleu(texts), n=len(texts))


def _find_hazard(report: Report) -> Iterator[Finding]:
    found = report.hazards.estimate()
    if found is not None:
        low, high = found.interval or (None, None)
        label = "drop-out hazard, negative : positive"
        yield Finding(
            "hazard_ratio",
            label,
            found.ratio,
            low=low,
            high=high,
            n=found.negative + found.positive,
            reference=reference_for("hazard_ratio"),
        )


def _share(name: str, label: str, share: Share, *, interval: bool = True) -> Finding:
    """Return a share as a finding; messages of one session are not independent: no interval."""
    low, high = share.interval or (None, None) if interval else (None, None)
    return Finding(name, label, share.value, Unit.SHARE, low, high, share.n, reference_for(name))
