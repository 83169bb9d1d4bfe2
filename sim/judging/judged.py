"""What judges say of a folder, in numbers: by scale and counselor, by judge, and the vetoes.

Verdicts that came with the sessions and those added later are pooled per session; of two verdicts of
one judge on one scale the later counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from evaluators.panel import Panel, group_by_scale, merge_verdicts, pool_verdicts
from evaluators.statistics import cluster_mean
from evaluators.verdict import Verdict
from runs.judgement import Judgement, load_added
from runs.scene import Scene, iter_scenes
from sim.counting.spending import Spending
from sim.counting.summary import Average, Json
from sim.counting.vetoes import SafetyPart


@dataclass
class ScalePart:
    """One counselor on one scale, over all judges."""

    judges: Counter[str] = field(default_factory=Counter)
    means: list[tuple[str, float]] = field(default_factory=list)
    missing: int = 0
    spread: Average = field(default_factory=Average)
    items: dict[str, Average] = field(default_factory=dict)

    def add(self, form: str, panel: Panel) -> None:
        """Take in one session."""
        self.judges.update(panel.judges)
        if panel.mean is None:
            self.missing += 1
        else:
            self.means.append((form, panel.mean))
        if panel.spread is not None:
            self.spread.add(panel.spread)
        for item in panel.items:
            self.items.setdefault(item.item, Average()).add(item.mean)

    def to_json(self) -> Json:
        """Return mean with interval, spread between judges, counts, and the items."""
        estimate = cluster_mean(self.means) if self.means else None
        return {
            "judges": sorted(self.judges),
            "mean": _round(estimate.mean) if estimate else None,
            "low": _round(estimate.low) if estimate else None,
            "high": _round(estimate.high) if estimate else None,
            "n": len(self.means),
            "missing": self.missing,
            "spread": _round(self.spread.mean),
            "items": {name: average.to_json() for name, average in self.items.items()},
        }


@dataclass
class JudgePart:
    """One judge on one scale, over all sessions."""

    sessions: int = 0
    ratings: int = 0
    missing: int = 0
    invented: int = 0
    score: Average = field(default_factory=Average)

    def add(self, verdict: Verdict) -> None:
        """Take in one verdict."""
        self.sessions += 1
        self.ratings += len(verdict.ratings)
        self.missing += len(verdict.missing)
        self.invented += sum(rating.invented for rating in verdict.ratings)
        if verdict.kind == "rating":
            self.score.add(verdict.mean)

    def to_json(self) -> Json:
        """Return the counts; `mean` is over sessions that have one."""
        return {
            "sessions": self.sessions,
            "mean": _round(self.score.mean),
            "ratings": self.ratings,
            "missing_ratings": self.missing,
            "invented_quotes": self.invented,
        }


@dataclass
class Judged:
    """All verdicts of a folder in numbers; filled with `add`."""

    sessions: int = 0
    scales: dict[str, dict[str, ScalePart]] = field(default_factory=dict)
    judges: dict[tuple[str, str], JudgePart] = field(default_factory=dict)
    safety: dict[str, SafetyPart] = field(default_factory=dict)
    spending: Spending = field(default_factory=Spending)

    def add(self, scene: Scene, added: Iterable[Judgement]) -> None:
        """Take in one session with what was added to it; nothing of it is kept but numbers."""
        self.sessions += 1
        added = list(added)
        for judgement in added:
            self.spending.add(judgement.calls)
        verdicts = merge_verdicts(scene.verdicts, [judgement.verdict for judgement in added])
        for verdict in verdicts:
            self.judges.setdefault((verdict.judge, verdict.scale), JudgePart()).add(verdict)
        for scale, group in group_by_scale(verdicts).items():
            if group[0].kind == "rating":
                parts = self.scales.setdefault(scale, {})
                part = parts.setdefault(scene.counselor, ScalePart())
                part.add(scene.form, pool_verdicts(group))
            else:
                self.safety.setdefault(scene.counselor, SafetyPart()).add(group)

    def to_json(self) -> Json:
        """Return everything as plain data for `--json`."""
        return {
            "sessions": self.sessions,
            "scales": {
                scale: {name: parts[name].to_json() for name in sorted(parts)}
                for scale, parts in sorted(self.scales.items())
            },
            "judges": [
                {"judge": judge, "scale": scale, **part.to_json()}
                for (judge, scale), part in sorted(self.judges.items())
            ],
            "safety": {name: self.safety[name].to_json() for name in sorted(self.safety)},
            "added_calls": self.spending.to_json(),
        }


def gather_judged(folder: Path) -> Judged:
    """Return the numbers of all verdicts in a run folder or an import."""
    judged, added = Judged(), load_added(folder)
    for scene in iter_scenes(folder):
        judged.add(scene, added.get(scene.key, ()))
    return judged


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
