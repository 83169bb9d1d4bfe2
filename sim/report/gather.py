"""One pass over the episodes of all runs: numbers per counselor, and the sessions packed for browsing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from evaluators.panel import merge_verdicts
from evaluators.realism.survival import Curve
from graphs.state import SUB_STAGES
from personas.schema import Persona
from runs.record import Episode
from sim.counting.measures import PANAS_READERS, measure_affect
from sim.counting.spending import Spending
from sim.counting.summary import AffectPart
from sim.report.course import Course
from sim.report.judging import Judging
from sim.report.pages import Pages
from sim.report.sources import Source
from sim.tournament.board import Row, read_row

EPISODES_PER_PAGE = 20
CLIENTS_PER_PAGE = 40
Route = tuple[str, str, str]


@dataclass
class Part:
    """One counselor of one run. `routes` counts the edges taken in sessions that have sub-stages."""

    run: int
    spec: str
    voice: str
    episodes: int = 0
    stand_ins: int = 0
    course: Course = field(default_factory=Course)
    stay: Curve = field(default_factory=Curve)
    routes: Counter[Route] = field(default_factory=Counter)
    judging: Judging = field(default_factory=Judging)

    def add(self, episode: Episode) -> None:
        """Take in one episode."""
        self.episodes += 1
        self.stand_ins += sum(bool(gauge.stand_in) for gauge in episode.trace)
        self.course.add(episode.trace)
        self.judging.add(episode.persona.form, episode.verdicts)
        self.stay.add(max(1, len(episode.trace) - 1), episode.finish.value == "dropped_out")
        if any(edge.source in SUB_STAGES for edge in episode.edges):
            self.routes.update((edge.source, edge.target, edge.reason) for edge in episode.edges)


@dataclass(frozen=True)
class Seen:
    """Where one episode stands: run, and places in the lists of counselors and clients."""

    run: int
    part: int
    client: int
    row: Row


@dataclass
class Gathered:
    """Everything a report needs of the episodes. Fill it with `add`."""

    sources: list[Source]
    parts: list[Part] = field(default_factory=list)
    clients: list[Persona] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    attitudes: dict[str, AffectPart] = field(default_factory=dict)
    readers: dict[str, AffectPart] = field(default_factory=dict)
    judges: dict[int, set[str]] = field(default_factory=dict)
    players: set[str] = field(default_factory=set)
    scales: set[str] = field(default_factory=set)
    spending: Spending = field(default_factory=Spending)
    episode_pages: Pages = field(default_factory=lambda: Pages(EPISODES_PER_PAGE))
    client_pages: Pages = field(default_factory=lambda: Pages(CLIENTS_PER_PAGE))
    _parts: dict[tuple[int, str], int] = field(default_factory=dict)
    _clients: dict[str, int] = field(default_factory=dict)

    def add_all(self, run: int, episodes: Iterable[Episode]) -> None:
        """Take in the episodes of one run."""
        for episode in episodes:
            self.add(run, episode)

    def add(self, run: int, episode: Episode) -> None:
        """Take in one episode of a run; its words are packed, nothing else of it is kept."""
        episode = self._add_verdicts(run, episode)
        part, client = self._place_part(run, episode), self._place_client(episode.persona)
        self.parts[part].add(episode)
        self.seen.append(Seen(run, part, client, read_row(episode)))
        self.judges.setdefault(run, set()).update(v.judge for v in episode.verdicts)
        self.scales |= {verdict.scale for verdict in episode.verdicts}
        self.players |= {episode.voices.counselor, episode.voices.client}
        self.spending.add(episode.calls)
        self._add_affect(episode)
        self.episode_pages.add(pack_episode(episode))

    def names(self) -> list[str]:
        """Return a name per counselor; one that plays in several runs is told apart by its run."""
        specs = Counter(part.spec for part in self.parts)
        return [
            part.spec if specs[part.spec] == 1 else f"{part.spec} · {self.sources[part.run].label}"
            for part in self.parts
        ]

    def client_names(self) -> list[str]:
        """Return a name per client; two clients with one id are told apart by their digest."""
        ids = Counter(persona.id for persona in self.clients)
        return [
            persona.id if ids[persona.id] == 1 else f"{persona.id}~{persona.digest[:6]}"
            for persona in self.clients
        ]

    def rows(self) -> list[Row]:
        """Return the rows of all episodes under the names of this report."""
        names, clients = self.names(), self.client_names()
        return [
            replace(seen.row, counselor=names[seen.part], client=clients[seen.client])
            for seen in self.seen
        ]

    def _add_verdicts(self, run: int, episode: Episode) -> Episode:
        """Return the episode with the verdicts that were added later; they stand for earlier ones."""
        added = self.sources[run].added.get(episode.key, ())
        for judgement in added:
            self.spending.add(judgement.calls)
        verdicts = merge_verdicts(episode.verdicts, [judgement.verdict for judgement in added])
        return episode.model_copy(update={"verdicts": tuple(verdicts)})

    def _place_part(self, run: int, episode: Episode) -> int:
        key = run, episode.counselor
        if key not in self._parts:
            self._parts[key] = len(self.parts)
            self.parts.append(Part(run, episode.counselor, episode.voices.counselor))
        return self._parts[key]

    def _place_client(self, persona: Persona) -> int:
        digest = persona.digest
        if digest not in self._clients:
            self._clients[digest] = len(self.clients)
            self.clients.append(persona)
            self.client_pages.add(persona.model_dump(mode="json"))
        return self._clients[digest]

    def _add_affect(self, episode: Episode) -> None:
        self.attitudes.setdefault(episode.persona.attitude.value, AffectPart()).add(episode)
        for reader in PANAS_READERS:
            self.readers.setdefault(reader, AffectPart()).add(episode, reader)


def pack_episode(episode: Episode) -> dict[str, object]:
    """Return what the browser of sessions shows: the record without persona, notice and single calls."""
    told = episode.model_dump(
        mode="json", exclude={"persona", "notice", "calls", "schema_version", "synthetic"}
    )
    told["panas_sums"] = {reader: vars(measure_affect(episode, reader)) for reader in PANAS_READERS}
    told["calls"] = {
        "count": len(episode.calls),
        "tokens": sum(call.prompt_tokens + call.completion_tokens for call in episode.calls),
    }
    return told
