"""What the paper tables need of a run, gathered in one pass; no episode is kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from agents.text import words
from agents.transcript import Speaker, turns_of
from evaluators.realism.lexical import mtld
from evaluators.text_metrics.answers import Answer
from personas.distortions import score_distortions
from personas.errors import InputError
from runs.judgement import load_added
from runs.reader import iter_episodes
from runs.record import Episode
from runs.scene import from_episode
from sim.counting.measures import count_loops
from sim.counting.summary import Average, Summary
from sim.judging.judged import Judged


@dataclass
class StagedPart:
    """The sessions of the `crdial` protocol."""

    dialogues: int = 0
    turns: Average = field(default_factory=Average)
    mtld: Average = field(default_factory=Average)
    channels: Average = field(default_factory=Average)
    loops: Average = field(default_factory=Average)
    strategies_per_turn: Average = field(default_factory=Average)
    strategies: Counter[str] = field(default_factory=Counter)
    distortions: Counter[str] = field(default_factory=Counter)

    def add(self, episode: Episode) -> None:
        """Take in one session."""
        self.dialogues += 1
        self.turns.add(len(episode.transcript))
        self.mtld.add(mtld([w for turn in episode.transcript for w in words(turn.text)]))
        self.channels.add(len(episode.channels))
        self.loops.add(count_loops(episode.edges))
        self.distortions.update(c.distortion for c in episode.channels if c.distortion)
        for turn in turns_of(episode.transcript, Speaker.COUNSELOR):
            labels = [s.strategy for s in turn.sentences if s.strategy is not None]
            self.strategies_per_turn.add(len(labels) or None)
            self.strategies.update(labels)


@dataclass
class PaperFacts:
    """A run as the papers count it; `answers` are those of `cbt_qa`.

    `heard` counts the distortions that cues find in what was asked of it, `heard_any` the askers
    with one or more.
    """

    summary: Summary = field(default_factory=Summary)
    judged: Judged = field(default_factory=Judged)
    turns: Counter[int] = field(default_factory=Counter)
    staged: StagedPart = field(default_factory=StagedPart)
    techniques: Counter[str] = field(default_factory=Counter)
    answers: list[Answer] = field(default_factory=list)
    heard: Counter[str] = field(default_factory=Counter)
    heard_any: int = 0

    def add(self, episode: Episode) -> None:
        """Take in one session."""
        self.turns[len(episode.transcript)] += 1
        protocol = episode.counselor.partition("@")[0].partition(":")[0]
        if protocol == "crdial":
            self.staged.add(episode)
        elif protocol == "cactus" and episode.technique:
            self.techniques[episode.technique] += 1
        elif protocol == "cbt_qa":
            self._add_answer(episode)

    def _add_answer(self, episode: Episode) -> None:
        said = [turn.text for turn in turns_of(episode.transcript, Speaker.CLIENT)]
        counseled = [turn.text for turn in turns_of(episode.transcript, Speaker.COUNSELOR)]
        if said and len(counseled) > 1:  # the first is the greeting
            self.answers.append(Answer(episode.key, "", "", said[0], counseled[1]))
            found = score_distortions(said[0], episode.language)
            self.heard.update(distortion.value for distortion in found)
            self.heard_any += bool(found)


def gather_facts(folder: Path) -> PaperFacts:
    """Return the facts of a run. Raises InputError for one without a finished session."""
    facts, added = PaperFacts(), load_added(folder)
    for episode in iter_episodes(folder):
        judgements = added.get(episode.key, [])
        facts.add(episode)
        facts.summary.add(episode, [judgement.verdict for judgement in judgements])
        facts.judged.add(from_episode(episode), judgements)
    if not facts.summary.episodes:
        raise InputError("no finished episode yet", where=str(folder), todo="run it again first")
    return facts
