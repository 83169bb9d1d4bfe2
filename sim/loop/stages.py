"""The stages of a round: sessions, data, model, evaluation. Each goes on where it was broken off."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any

import tomli_w
from rich.console import Console

from personas.errors import InputError
from personas.files import parse_json, read_text
from runs.export.account import Account
from runs.export.card import MANIFEST
from runs.export.make import export, say_dropped
from runs.export.sieve import Filters
from runs.export.wanted import Wanted
from sim.config import RunConfig
from sim.judging.judge import judge_folder
from sim.loop.config import LoopConfig
from sim.playing.plan import build_plan
from sim.playing.run import play_plan
from sim.playing.runner import Tally
from sim.training.dataset import Kind
from sim.training.finetune import SETTINGS, finetune

SESSIONS, DATA, MODEL, EVALUATION = "sessions", "data", "model", "evaluation"
SAFETY = "safety"
_TRAIN_SHARE = 0.95  # of the forms; the others only measure the loss


class StoppedError(Exception):
    """The loop was asked to stop; what was done is kept."""


@dataclass(frozen=True)
class Round:
    """One round of a loop whose settings stand in `path`."""

    number: int
    config: LoopConfig
    path: Path
    notes: Console

    @property
    def name(self) -> str:
        """Return the name of its folder."""
        return f"round-{self.number}"

    @property
    def folder(self) -> Path:
        """Return its folder."""
        return self.config.round_folder(self.number)

    def stages(self) -> dict[str, Callable[[], None]]:
        """Return what is to be done, in order; a counselor to start from is only evaluated."""
        learning = {SESSIONS: self.play, DATA: self.export, MODEL: self.train}
        starts = self.number == 0 and self.config.start is not None
        return {**({} if starts else learning), EVALUATION: self.evaluate}

    def play(self) -> None:
        """Play what is learned from: the teacher's sessions, or several of the last counselor."""
        if self.number == 0:
            assert self.config.teacher is not None
            self._play(SESSIONS, self.config.clients, [self.config.teacher], {}, seed=0)
            return
        drawn = {
            f"round-{self.number - 1}.{draw}": self.config.counselor(
                self.number - 1, self.config.temperature, draw
            )
            for draw in range(self.config.sessions)
        }
        counselors = [f"plain@{name}" for name in drawn]
        self._play(SESSIONS, self.config.clients, counselors, drawn, seed=self.number)

    def export(self) -> None:
        """Write the training set; it is there whole or not at all."""
        out = self.folder / DATA
        if not out.is_dir():
            account = export([self.folder / SESSIONS], self._wanted(), out)
            self._check_rows(account)
        rows = read_rows(out)
        if rows < self.config.keep.fewest:
            raise InputError(
                f"{rows} rows to learn from, and keep.fewest is {self.config.keep.fewest}",
                where=str(out),
                todo="lower keep.fewest and call again; with another filter or other clients, name "
                f"another out and start = {str(self.config.checkpoint(max(self.number - 1, 0)))!r}",
            )

    def train(self) -> None:
        """Train, or go on with the training from its last checkpoint."""
        settings = self.config.train_config(self.number, self.path)
        file = self.folder / "training.toml"
        table = settings.model_dump(mode="json", exclude_none=True)
        file.write_text(tomli_w.dumps(table), encoding="utf-8")
        kind: Kind = "dpo" if self.number and self.config.method == "dpo" else "sft"
        resume = (settings.out / SETTINGS).is_file()
        try:
            finetune(kind, file, dry_run=False, resume=resume)
        except InputError:
            raise
        except Exception as error:
            raise InputError(
                f"the training broke: {type(error).__name__}: {error}",
                where=str(settings.out),
                todo="sessions, data and checkpoints are kept; call again to go on",
            ) from error
        finally:
            gc.collect()

    def evaluate(self) -> None:
        """Let the counselor meet the held-out clients, and both judges rate it."""
        name = f"round-{self.number}"
        counselors = [f"plain@{name}"]
        if self.number == 0:
            counselors += dict.fromkeys(
                spec for spec in (self.config.teacher, *self.config.baselines) if spec
            )
        models = {name: self.config.counselor(self.number, 0.0)}
        self._play(EVALUATION, self.config.held_out, counselors, models, seed=0)
        judge = self.config.judges.held_out
        other = judge.voice != self.config.judges.training.voice
        config = self._run_config(judge.voice, [judge.scale, *([SAFETY] if other else [])])
        bench = judge_folder(self.folder / EVALUATION, config, self._place, self.notes)
        self._conclude(bench.tally, EVALUATION)

    def _play(
        self, stage: str, clients: str, counselors: list[str], models: dict[str, Any], seed: int
    ) -> None:
        judge = self.config.judges.training
        own = {"name": stage, "clients": clients, "counselors": counselors, "seed_base": seed}
        config = self._run_config(judge.voice, [judge.scale, SAFETY], models, own)
        plan = build_plan(config, self._place)
        try:
            tally = play_plan(config, plan, self.folder / stage, self.notes)
        except InputError as error:
            raise self._explain_served(error) from None
        self._conclude(tally, stage)

    def _run_config(
        self,
        judge: str,
        scales: list[str],
        models: dict[str, Any] | None = None,
        more: dict[str, Any] | None = None,
    ) -> RunConfig:
        play = self.config.play
        return RunConfig(
            language=play.language,
            roles=play.roles.model_copy(update={"judges": (judge,)}),
            models={**play.models, **(models or {})},
            mind=play.mind,
            samples=play.samples,
            max_exchanges=play.max_exchanges,
            concurrency=play.concurrency,
            scales=tuple(scales),
            **(more or {}),
        )

    def _place(self, field: str) -> str:
        return f"{self.path}, {self.name}, {field}"

    def _explain_served(self, error: InputError) -> InputError:
        if self.config.served is None:
            return error
        number = self.number
        folders = [self.config.checkpoint(n) for n in (number - 1, number) if n >= 0]
        here = " or ".join(quote(str(folder)) for folder in folders)
        return InputError(
            error.what,
            where=error.where or self.name,
            todo=f"serve {here} under the name that the error misses, and call again",
        )

    def _conclude(self, tally: Tally, stage: str) -> None:
        if tally.stopped and tally.left:
            raise StoppedError
        if not tally.done:
            raise InputError(
                "nothing of it succeeded",
                where=str(self.folder / stage),
                todo="failures.jsonl there says why; call again to try again",
            )

    def _wanted(self) -> Wanted:
        keep, pairs = self.config.keep, self.number > 0 and self.config.method == "dpo"
        filters = Filters(
            finishes=keep.finishes,
            min_ctrs=keep.min_ctrs,
            min_na_drop=keep.min_na_drop,
            no_vetoed=keep.no_vetoed,
            best=self.number > 0,
        )
        return Wanted(
            "preference" if pairs else "messages",
            filters,
            self.config.layout,
            split=_TRAIN_SHARE,
            min_gap=keep.min_gap,
        )

    def _check_rows(self, account: Account) -> None:
        self.notes.print(
            f"{self.folder / DATA}: {account.read} sessions read, {account.kept} kept "
            f"({say_dropped(account)}), {account.rows['train']} rows to learn from",
            soft_wrap=True,
        )


def read_rows(data: Path) -> int:
    """Return how many rows of a finished export are to be learned from."""
    told: Any = parse_json(read_text(data / MANIFEST), data / MANIFEST)
    return int(told["splits"]["train"]["rows"])


def place_of(config: LoopConfig, number: int) -> Path:
    """Return the run folder of a round's evaluation."""
    return config.round_folder(number) / EVALUATION
