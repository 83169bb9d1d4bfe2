"""The account of an export: what was read, what was left out and why, what was written. It adds up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from runs.export.lineage import Lineage
from runs.export.split import Side
from runs.record import Episode


@dataclass
class Account:
    """Counts of one export: `read` is `kept` and the sum of `dropped`.

    `messages` counts the counselor's messages, `exact` those that stand behind the very request of
    play, `cut` the sessions that were longer than play allows, `repeated` the rows left out because
    an earlier one says the very same.
    """

    read: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    episodes: Counter[Side] = field(default_factory=Counter)
    rows: Counter[Side] = field(default_factory=Counter)
    forms: dict[Side, set[str]] = field(default_factory=lambda: {"train": set(), "test": set()})
    counselors: Counter[str] = field(default_factory=Counter)
    voices: dict[str, Counter[str]] = field(default_factory=dict)
    sources: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    seeds: set[int] = field(default_factory=set)
    protocols: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    messages: int = 0
    exact: int = 0
    cut: int = 0

    @property
    def kept(self) -> int:
        """Return how many episodes are in the set."""
        return sum(self.episodes.values())

    def keep(self, episode: Episode, lineage: Lineage, side: Side) -> None:
        """Count an episode that is in the set."""
        self.episodes[side] += 1
        self.forms[side].add(episode.persona.form)
        self.counselors[episode.counselor] += 1
        self.sources[episode.persona.source.partition(":")[0]] += 1
        self.languages[episode.language] += 1
        self.protocols[lineage.protocol] += 1
        self.seeds.add(episode.seed)
        self._hear(episode)

    def _hear(self, episode: Episode) -> None:
        voices = episode.voices
        parts: tuple[tuple[str, tuple[str, ...]], ...] = (
            ("client", (voices.client,)),
            ("counselor", (voices.counselor,)),
            ("supervisor", (voices.supervisor,) if episode.counselor.startswith("crdial") else ()),
            ("judges", tuple(sorted({verdict.judge for verdict in episode.verdicts}))),
        )
        for part, names in parts:
            self.voices.setdefault(part, Counter()).update(names)

    def as_dict(self) -> dict[str, object]:
        """Return the counts as plain data."""
        return {
            "episodes": {"read": self.read, "kept": self.kept, "dropped": dict(self.dropped)},
            "splits": {
                side: {
                    "episodes": self.episodes[side],
                    "forms": len(self.forms[side]),
                    "rows": self.rows[side],
                }
                for side in self.forms
            },
            "rows_repeated": self.repeated,
            "counselor_messages": {"written": self.messages, "as_at_play": self.exact},
            "sessions_cut_at_time_limit": self.cut,
            "counselors": dict(self.counselors),
            "protocols": dict(self.protocols),
            "voices": {part: dict(names) for part, names in self.voices.items()},
            "persona_sources": dict(self.sources),
            "languages": dict(self.languages),
            "seeds": sorted(self.seeds),
        }
