"""The verb `report`: reads run folders once and writes one self-contained page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from personas.errors import InputError
from personas.files import replace_file
from runs.reader import iter_episodes
from sim.console import open_stdout
from sim.extras import need_extra

if TYPE_CHECKING:
    from sim.report.gather import Gathered
    from sim.tournament.results import Results

PAGE = "report.html"


def report(folders: Sequence[Path], out: Path | None) -> None:
    """Write the page on some runs, by default into the first folder, and say where and how large.

    Raises InputError for a folder that is no run or has no episode, for an `out` that cannot be
    written, or where the extra `stats` is not installed.
    """
    need_extra("report", "stats", "evalica")
    from sim.report.gather import Gathered
    from sim.report.sources import open_sources

    sources = open_sources(folders)
    gathered = Gathered(sources)
    for run, source in enumerate(sources):
        gathered.add_all(run, iter_episodes(source.folder))
    path = write_page(out or folders[0] / PAGE, " · ".join(s.label for s in sources), gathered)
    size = path.stat().st_size / 1e6
    open_stdout().print(
        f"Written: {path} ({size:.1f} MB, {len(gathered.seen):,} episodes)", soft_wrap=True
    )


def write_page(path: Path, title: str, gathered: Gathered, results: Results | None = None) -> Path:
    """Write what was gathered as one page, whole or not at all; return where it is.

    `results` are statistics that stand already. Raises InputError where nothing was played, or where
    the path cannot be written.
    """
    from sim.report.figures import draw_figures
    from sim.report.page import build_page

    if not gathered.seen:
        where = ", ".join(str(source.folder) for source in gathered.sources)
        raise InputError("no finished episode yet", where=where, todo="run it again first")
    figures = draw_figures(title, gathered, results)
    page = build_page(title, figures, gathered.episode_pages.close(), gathered.client_pages.close())
    try:
        replace_file(path, page)
    except OSError as error:
        raise InputError(
            f"cannot write here: {error.strerror}", where=str(path), todo="name a file with --out"
        ) from None
    return path
