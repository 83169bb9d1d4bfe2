"""The verb `agreement`: how far judges agree with each other and with people; blank rating sheets."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from evaluators.agreement.report import Agreement, measure_agreement
from evaluators.agreement.sheets import read_sheets, write_guide, write_rows, write_transcript
from evaluators.agreement.table import Rating, RatingTable
from evaluators.panel import merge_verdicts
from evaluators.scale import Scale, load_scale
from personas.errors import InputError, suggest
from personas.schema import Language
from runs.judgement import load_added
from runs.scene import iter_scenes
from sim.console import open_stdout, say
from sim.judging.agreement_tables import draw_agreement

_MORE_RATERS = (
    "add judges: counselgym judge RUN --judges …; "
    "or people: --template SHEET.csv, then --human SHEET.csv"
)


@dataclass(frozen=True)
class Rated:
    """What the judges of a run said on one scale, and which episodes there are."""

    scale: Scale
    episodes: frozenset[str]
    judges: tuple[str, ...]
    ratings: tuple[Rating, ...]


def agreement(
    folder: Path,
    judges: Sequence[str] | None,
    human: Sequence[Path],
    scale: str | None,
    json_out: bool,
) -> None:
    """Print the agreement of a run's judges with each other and with people, or one JSON object."""
    found = find_agreement(folder, judges, human, scale)
    if json_out:
        json.dump({"folder": str(folder), **asdict(found)}, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    console = open_stdout()
    console.print(f"{folder}: {found.episodes} episodes rated on {found.scale}")
    for table in draw_agreement(found):
        console.print(table)


def find_agreement(
    folder: Path, judges: Sequence[str] | None, human: Sequence[Path], scale: str | None
) -> Agreement:
    """Return the agreement. Raises InputError where fewer than two raters are left to compare."""
    rated = read_run(folder, scale)
    kept = rated.judges if judges is None else _choose(judges, rated, folder)
    sheet = read_sheets(human, rated.scale, rated.episodes)
    people = tuple(dict.fromkeys(rating.rater for rating in sheet))
    if same := set(people) & set(kept):
        what = f"a human rater has the name of a judge: {', '.join(sorted(same))}"
        raise InputError(
            what,
            where=f"{', '.join(map(str, human))}, field rater",
            todo="give the rater another name",
        )
    raters = (*kept, *people)
    if len(raters) < 2:
        who = f"only one rater, {raters[0]}" if raters else "no rater"
        raise InputError(f"{who} on {rated.scale.id}", where=str(folder), todo=_MORE_RATERS)
    panel = RatingTable(raters, [item.id for item in rated.scale.items])
    panel.add((*rated.ratings, *sheet))
    span = rated.scale.maximum - rated.scale.minimum
    return measure_agreement(panel, people, rated.scale.id, span)


def read_run(folder: Path, scale: str | None) -> Rated:
    """Return the judges' ratings on a scale; without a name, on the only one that has points.

    Of two verdicts of one judge on one session the later counts.
    """
    episodes: set[str] = set()
    found: dict[str, list[Rating]] = {}
    pointed: dict[str, None] = {}
    added = load_added(folder)
    for scene in iter_scenes(folder):
        episodes.add(scene.key)
        later = [judgement.verdict for judgement in added.get(scene.key, ())]
        for verdict in merge_verdicts(scene.verdicts, later):
            if verdict.kind == "rating":
                pointed[verdict.scale] = None
            found.setdefault(verdict.scale, []).extend(
                Rating(scene.key, verdict.judge, rating.item, rating.score)
                for rating in verdict.ratings
            )
    if not episodes:
        raise InputError("no finished episode yet", where=str(folder), todo="run it again first")
    form = load_scale(scale or _find_scale(list(pointed or found), folder))
    ratings = tuple(found.get(form.id, ()))
    judges = tuple(dict.fromkeys(rating.rater for rating in ratings))
    return Rated(form, frozenset(episodes), judges, ratings)


def write_sheets(folder: Path, scale: str | None, sheet: Path) -> None:
    """Write a blank sheet, the transcripts and a guide. Never writes over a sheet that exists."""
    texts = sheet.with_suffix("")
    for path in (sheet, texts):
        if path.exists():
            todo = "it may hold ratings; name another file"
            raise InputError("exists already", where=str(path), todo=todo)
    form = read_run(folder, scale).scale
    texts.mkdir(parents=True)
    keys, languages = [], dict[Language, None]()
    for scene in iter_scenes(folder):
        keys.append(scene.key)
        languages[scene.language] = None
        text = write_transcript(scene.key, scene.transcript, scene.language)
        (texts / f"{scene.key}.txt").write_text(text, encoding="utf-8")
    for language in languages:
        guide = write_guide(form, language)
        (texts / f"GUIDE-{language}.txt").write_text(guide, encoding="utf-8")
    sheet.write_text(write_rows(sorted(keys), form), encoding="utf-8")
    say(f"{sheet}: {len(keys)} episodes × {len(form.items)} items of {form.id}, to be filled in")
    say(f"{texts}: the transcripts by episode, without counselor and scores, and what scores mean")
    say(
        "Each rater fills in a copy, with the same name in every row; put the copies into one file."
    )
    say(f"Then: counselgym agreement {folder} --human {sheet}")


def _choose(judges: Sequence[str], rated: Rated, folder: Path) -> tuple[str, ...]:
    for name in judges:
        if name not in rated.judges:
            known = f"the judges on {rated.scale.id} are {', '.join(rated.judges) or 'none'}"
            todo = suggest(name, rated.judges) or known
            raise InputError(f"no verdict of a judge {name!r}", where=str(folder), todo=todo)
    return tuple(dict.fromkeys(judges))


def _find_scale(held: list[str], folder: Path) -> str:
    if len(held) == 1:
        return held[0]
    what = f"verdicts on {len(held)} scales" if held else "no verdicts in this run"
    todo = f"name one with --scale: {', '.join(held) or 'ctrs6, ctrs11, …'}"
    raise InputError(what, where=str(folder), todo=todo)
