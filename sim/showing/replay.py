"""The verb `replay`: plays one episode in the terminal, or prints it as plain text."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

from rich.console import Console, RenderableType
from rich.text import Text

from evaluators.realism.talk import count_words
from evaluators.verdict import Verdict
from personas.errors import InputError
from runs.imported import Imported, find_imported, is_import_folder
from runs.judgement import find_added
from runs.reader import find_episode
from runs.record import Episode
from sim.console import open_stdout
from sim.showing.foreign import draw_import_end, draw_import_head, iter_import_beats
from sim.showing.keys import HELP, Pace
from sim.showing.playbill import draw_beat, draw_end, draw_head, draw_verdict
from sim.showing.script import Beat, Routed, Spoken, iter_beats

PLAIN_WIDTH = 100
WORDS_PER_SECOND = 5.0


def replay(folder: Path, which: str | None, *, speed: float, plain: bool) -> None:
    """Play an episode of a run; output that is no terminal gets the plain form."""
    if not speed > 0:
        raise InputError(f"must be above 0, got {speed:g}", where="--speed")
    find = find_imported if is_import_folder(folder) else find_episode
    episode = find(folder, which)
    added = find_added(folder, episode.key)
    if plain or not sys.stdout.isatty():
        print_plain(episode, added)
    else:
        perform(episode, open_stdout(), speed, added)


def print_plain(episode: Episode | Imported, added: Sequence[Verdict] = ()) -> None:
    """Print all of it at once, without colour, in 100 columns."""
    head, beats, end = _stage(episode, added)
    sys.stdout.writelines(_render_plain(head))
    for beat in beats:
        sys.stdout.writelines(_render_plain(draw_beat(beat, bars=False, width=PLAIN_WIDTH)))
    sys.stdout.writelines(_render_plain(end))
    sys.stdout.flush()


def perform(
    episode: Episode | Imported, console: Console, speed: float, added: Sequence[Verdict] = ()
) -> None:
    """Play it at reading speed; keys pause, hurry or quit."""
    head, beats, end = _stage(episode, added)
    with Pace(speed) as pace:
        _print_all(console, head)
        console.print(Text(HELP, style="dim"))
        for beat in beats:
            _print_all(console, draw_beat(beat, bars=True, width=console.width))
            pace.wait(_time_beat(beat))
            if pace.ended:
                return
        _print_all(console, end)


def _stage(
    played: Episode | Imported, added: Sequence[Verdict]
) -> tuple[Iterable[RenderableType], Iterable[Beat], Iterable[RenderableType]]:
    """Return head, beats and end of one of our episodes, or of an imported session.

    The verdicts that were added later stand at the very end.
    """
    more = map(draw_verdict, added)
    if isinstance(played, Imported):
        end = chain(draw_import_end(played), more)
        return draw_import_head(played), iter_import_beats(played), end
    return draw_head(played), iter_beats(played), chain(draw_end(played), more)


def _time_beat(beat: Beat) -> float:
    """Return how many seconds a reader needs for it."""
    match beat:
        case Spoken(_, turn):
            return 0.4 + count_words(turn.text) / WORDS_PER_SECOND
        case Routed():
            return 1.2
        case _:
            return 0.6


def _print_all(console: Console, parts: Iterable[RenderableType]) -> None:
    for part in parts:
        console.print(part)


def _render_plain(parts: Iterable[RenderableType]) -> list[str]:
    page = io.StringIO()
    console = Console(
        file=page, width=PLAIN_WIDTH, color_system=None, highlight=False, markup=False, emoji=False
    )
    _print_all(console, parts)
    lines = page.getvalue().splitlines()
    return [f"{line.rstrip()}\n" for line in lines]
