"""Making a training set: episodes stream through the sieve into files; whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from personas.errors import InputError
from runs.export.account import Account
from runs.export.card import CARD, MANIFEST, describe, write_card, write_info
from runs.export.exchanges import (
    Exchange,
    UnbriefedError,
    count_exact,
    is_tagged,
    list_exchanges,
    spoken_part,
)
from runs.export.files import RowFile, load_pyarrow, name_file, open_rows
from runs.export.formats import WRITERS, Row, Session, digest_row
from runs.export.pairs import Candidate, Field, gather, lay_out_pair, write_pair
from runs.export.sieve import Sieve, rate
from runs.export.split import SIDES, Side, split_forms
from runs.export.wanted import Run, Wanted
from runs.reader import iter_forms, scan_episodes
from runs.record import Episode

_UNBRIEFED = "no briefings (recorded by an older counselgym)"
_UNTAGGED = "a sentence without a strategy"
_SILENT = "the counselor said nothing of its own"
_REPEATED = "nearly the same as an earlier episode"
_UNPAIRED = "no pair with a clear gap"
_BETTERED = "not the best of its client"
Place = tuple[Path, int]
"""The folder of an episode's run, and the byte at which its line starts."""


def export(folders: Sequence[Path], wanted: Wanted, out: Path) -> Account:
    """Write the set and return its account. Raises InputError, and then leaves nothing behind."""
    runs = [Run(folder) for folder in folders]
    if wanted.form == "parquet":
        load_pyarrow()
    with _build(out) as folder:
        forms = (form for run in runs for form in iter_forms(run.folder))
        maker = _Maker(folder, wanted, split_forms(forms, wanted.split, wanted.seed))
        maker.fill(runs)
        account = maker.account
        if not account.kept:
            raise InputError(f"nothing is left to export: {say_dropped(account)}", where=str(out))
        for side in SIDES:
            if not account.rows[side]:
                (folder / name_file(wanted.form, side)).unlink()
        facts = describe(account, wanted, runs)
        text = json.dumps(facts, ensure_ascii=False, indent=2)
        (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
        (folder / CARD).write_text(write_card(account, wanted, runs, out.name), encoding="utf-8")
        write_info(folder, account, wanted, out.name)
    return account


def say_dropped(account: Account) -> str:
    """Return the reasons with their counts, the most frequent first."""
    parts = (f"{reason} {count}" for reason, count in account.dropped.most_common())
    return ", ".join(parts) or "no episodes"


@contextmanager
def _build(out: Path) -> Iterator[Path]:
    """Yield a folder beside `out` that takes its place at the end."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError("exists already", where=str(out), todo="name another --out")
    half = out.parent / f".{out.name}.{os.getpid()}.tmp"
    try:
        half.mkdir(parents=True)
        yield half
        half.rename(out)
    except OSError as error:
        raise InputError(f"cannot write here: {error.strerror}", where=str(out)) from None
    finally:
        shutil.rmtree(half, ignore_errors=True)


class _Maker:
    """A set in the making: the open files of both sides and the account."""

    def __init__(self, folder: Path, wanted: Wanted, training: frozenset[str]) -> None:
        self.account = Account()
        self._training = training
        self._seen: set[int] = set()
        self._wanted = wanted
        self._sieve = Sieve(wanted.filters)
        self._files: dict[Side, RowFile] = {
            side: open_rows(folder, wanted.form, side) for side in SIDES
        }

    def fill(self, runs: Sequence[Run]) -> None:
        """Write all rows, and let go of the files."""
        try:
            if self._wanted.form == "preference":
                self._fill_pairs(gather(runs, self._sieve, self._find_fault))
            else:
                self._fill_rows(runs)
        finally:
            for file in self._files.values():
                file.close()

    def _fill_rows(self, runs: Sequence[Run]) -> None:
        best = self._find_best(runs) if self._wanted.filters.best else None
        for run in runs:
            for offset, episode in scan_episodes(run.folder):
                self.account.read += 1
                fault = self._find_fault(run, episode)
                if not fault and best is not None and (run.folder, offset) not in best:
                    fault = _BETTERED
                if reason := fault or self._take(run, episode):
                    self.account.dropped[reason] += 1

    def _find_best(self, runs: Sequence[Run]) -> frozenset[Place]:
        """Return where each client's best rated session stands; of equals the first."""
        best: dict[str, tuple[float, Place]] = {}
        for run in runs:
            for offset, episode in scan_episodes(run.folder):
                client = episode.persona.digest
                ctrs = rate(run.verdicts(episode), self._wanted.filters.judge)
                if ctrs is None or self._find_fault(run, episode):
                    continue
                if client not in best or ctrs > best[client][0]:
                    best[client] = ctrs, (run.folder, offset)
        return frozenset(place for _, place in best.values())

    def _find_fault(self, run: Run, episode: Episode) -> str:
        """Return why an episode is not wanted, empty if it is."""
        fault = self._sieve.find_unfit(episode)
        fault = fault or self._sieve.find_fault(episode, run.verdicts(episode))
        if fault:
            return fault
        staged = self._wanted.layout_for(episode.counselor).protocol == "staged"
        return _UNTAGGED if staged and not is_tagged(episode) else ""

    def _take(self, run: Run, episode: Episode) -> str:
        """Write the rows of an episode, or return why there are none."""
        layout = self._wanted.layout_for(episode.counselor)
        try:
            exchanges = list_exchanges(episode, layout)
            session = self._open(run, episode, layout.protocol, exchanges)
            rows = list(WRITERS[self._wanted.form](session)) if exchanges else []
        except UnbriefedError:
            return _UNBRIEFED
        if not rows:
            return _SILENT
        if self._sieve.is_repeated(episode):
            return _REPEATED
        self._keep(session)
        self._write(episode.persona.form, rows)
        return ""

    def _fill_pairs(self, field: Field) -> None:
        """Write a row a pair; an episode in several pairs is counted once."""
        used: set[tuple[Path, int]] = set()
        for better, worse in field.pairs(self._wanted.min_gap):
            sides = better, worse
            sessions = self._open_pair(better, worse)
            row = write_pair(*sessions, turns=self._wanted.turns) if sessions else None
            if row is None or sessions is None:
                continue
            for candidate, session in zip(sides, sessions, strict=True):
                if candidate.place not in used:
                    self._keep(session)
                used.add(candidate.place)
            self._write(sessions[0].episode.persona.form, [row])
        self._close_pairs(field, used)

    def _close_pairs(self, field: Field, used: set[tuple[Path, int]]) -> None:
        candidates = [one for group in field.groups.values() for one in group]
        self.account.read = len(candidates) + len(field.unfit)
        self.account.dropped.update(field.unfit)
        left = (one.fault or _UNPAIRED for one in candidates if one.place not in used)
        self.account.dropped.update(left)

    def _open_pair(self, better: Candidate, worse: Candidate) -> tuple[Session, Session] | None:
        episodes = better.read(), worse.read()
        try:
            protocol, sides = lay_out_pair(*episodes, self._wanted)
        except UnbriefedError:
            return None
        one, other = (
            self._open(candidate.run, episode, protocol, exchanges)
            for candidate, episode, exchanges in zip((better, worse), episodes, sides, strict=True)
        )
        return one, other

    def _open(
        self, run: Run, episode: Episode, protocol: str, exchanges: list[Exchange]
    ) -> Session:
        lineage = run.trace(episode, protocol, self._wanted.filters.judge)
        return Session(episode, exchanges, lineage)

    def _keep(self, session: Session) -> None:
        account, exchanges = self.account, session.exchanges
        form = session.episode.persona.form
        account.keep(session.episode, session.lineage, self._side(form))
        if self._wanted.form in ("cactus", "crisp"):  # not laid out as at play
            return
        if self._wanted.turns:
            account.messages, account.exact = account.messages + 1, account.exact + 1
            return
        account.messages += len(exchanges)
        one_each = self._wanted.form in ("prompt-completion", "alpaca")
        account.exact += len(exchanges) if one_each else count_exact(exchanges)
        spoken = spoken_part(session.episode)
        account.cut += exchanges[-1].turn < len(spoken) - 2

    def _write(self, form: str, rows: Iterable[Row]) -> None:
        """Write the rows; one that says the very same as an earlier one is only counted."""
        side = self._side(form)
        for row in rows:
            digest = digest_row(row)
            if digest in self._seen:
                self.account.repeated += 1
                continue
            self._seen.add(digest)
            self._files[side].add(row)
            self.account.rows[side] += 1

    def _side(self, form: str) -> Side:
        return "train" if form in self._training else "test"
