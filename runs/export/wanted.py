"""What is asked of an export, and the runs it reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from agents.llm.counselors.layouts import Layout, layout_of
from evaluators.verdict import Verdict
from personas.errors import InputError
from runs.export.formats import Format
from runs.export.lineage import Lineage, digest_config
from runs.export.sieve import Filters, rate
from runs.folder import check_run_folder
from runs.imported import is_import_folder
from runs.judgement import load_added
from runs.record import Episode

As = Literal["own", "plain", "staged"]


@dataclass(frozen=True)
class Wanted:
    """`form` of the rows, which episodes, and how they are laid out.

    `own` lays an episode out as its protocol does, `plain` as the plain counselor, with
    `system_prompt` in place of its prompt if given, `staged` as plain with the steps of crdial
    written out. `split` is the share of forms for training, by
    `seed`. Pairs lie at least `min_gap` apart on the CTRS; with `turns` they are single messages.
    """

    form: Format
    filters: Filters = field(default_factory=Filters)
    layout: As = "own"
    system_prompt: str | None = None
    split: float = 0.9
    seed: int = 0
    min_gap: float = 1.0
    turns: bool = False

    def layout_for(self, counselor: str) -> Layout:
        """Return how episodes of a counselor, named by its spec, are laid out."""
        if self.form == "crisp":
            return layout_of("staged", self.system_prompt)
        protocol = protocol_of(counselor) if self.layout == "own" else self.layout
        return layout_of(protocol, self.system_prompt)


def protocol_of(counselor: str) -> str:
    """Return the protocol in a spec such as `plain:NAME@MODEL`."""
    return counselor.partition("@")[0].partition(":")[0]


class Run:
    """A run folder that is read: its name, the digest of its configuration, verdicts added later."""

    def __init__(self, folder: Path) -> None:
        if is_import_folder(folder):
            raise InputError(
                "an import is not exported: it has no verdicts, and its licence is not ours",
                where=str(folder),
                todo="name folders that `counselgym run` has written",
            )
        check_run_folder(folder)
        self.folder = folder
        self.name = folder.resolve().name
        self.config = digest_config(folder)
        self._added = load_added(folder)

    def verdicts(self, episode: Episode) -> list[Verdict]:
        """Return what judges said of an episode, when it was played and later."""
        later = self._added.get(episode.key, ())
        return [*episode.verdicts, *(judgement.verdict for judgement in later)]

    def trace(self, episode: Episode, protocol: str, judge: str | None) -> Lineage:
        """Return the lineage of an episode's rows, its CTRS by `judge` or by all."""
        return Lineage(
            run=self.name,
            config=self.config,
            episode=episode.key,
            form=episode.persona.form,
            persona=episode.persona.id,
            counselor=episode.counselor,
            voice=episode.voices.counselor,
            protocol=protocol,
            seed=episode.seed,
            finish=episode.finish.value,
            ctrs=_round(rate(self.verdicts(episode), judge)),
        )


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
