"""What judges say beside the CTRS of a tournament: safety vetoes, and every other scale they rated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from evaluators.panel import group_by_scale, pool_verdicts
from evaluators.scale import load_scale
from evaluators.verdict import Verdict
from personas.errors import InputError
from sim.counting.vetoes import SafetyPart
from sim.judging.judged import ScalePart
from sim.report.sources import Json


@dataclass
class Judging:
    """The verdicts on the sessions of one counselor."""

    scales: dict[str, ScalePart] = field(default_factory=dict)
    safety: SafetyPart = field(default_factory=SafetyPart)

    def add(self, form: str, verdicts: Iterable[Verdict]) -> None:
        """Take in the verdicts on one session; `form` is the client's intake form."""
        for scale, group in group_by_scale(verdicts).items():
            if group[0].kind == "flow":
                self.safety.add(group)
            else:
                self.scales.setdefault(scale, ScalePart()).add(form, pool_verdicts(group))


def describe_scales(scales: Iterable[str]) -> Json:
    """Return name, range and item names of scales; of one that is not there only what it is called."""
    return {scale: _describe(scale) for scale in sorted(scales)}


def _describe(name: str) -> Json:
    try:
        scale = load_scale(name)
    except InputError:
        return {"name": name, "from": None, "to": None, "items": {}}
    return {
        "name": scale.name,
        "from": scale.minimum,
        "to": scale.maximum,
        "items": {item.id: item.name for item in scale.items},
    }
