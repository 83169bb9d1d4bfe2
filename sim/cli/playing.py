"""Verbs that play and show: run, tournament, replay, show, report, graph.

Every verb imports what it needs when called, so that --help is instant.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from personas.errors import InputError
from sim.cli import flags
from sim.cli.flags import JsonFlag, RunFolder, split_names


def run(
    config: flags.Settings = None,
    clients: flags.Clients = None,
    counselors: Annotated[
        str | None, typer.Option(help="Comma-separated [default: crdial,cactus,eliza].")
    ] = None,
    seeds: flags.Seeds = None,
    limit: flags.Limit = None,
    concurrency: flags.Concurrency = None,
    language: flags.Language = None,
    judges: flags.Judges = None,
    scales: flags.Scales = None,
    samples: Annotated[
        int | None, typer.Option(help="How often a model rates each item [default: 1].")
    ] = None,
    model: flags.Model = None,
    max_cost: flags.MaxCost = None,
    max_tokens: flags.MaxTokens = None,
    out: Annotated[
        Path | None, typer.Option(help="Run folder; an existing one is resumed as it was set up.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Play clients × counselors × seeds, judge and record them. Resumes a run that exists.

    Exit code: 0 all done, 1 some episodes failed, 2 bad input or an endpoint that serves no call,
    130 stopped early.
    """
    from sim.playing.run import run as play_run

    given = {
        "clients": clients,
        "counselors": split_names(counselors),
        "judges": split_names(judges),
        "scales": split_names(scales),
        "samples": samples,
        "seeds": seeds,
        "limit": limit,
        "concurrency": concurrency,
        "language": language,
        "model": model,
        "max_cost": max_cost,
        "max_tokens": max_tokens,
    }
    raise typer.Exit(play_run(config, given, out, json))


def tournament(
    config: flags.Settings = None,
    counselors: Annotated[str | None, typer.Option(help="Comma-separated, two or more.")] = None,
    clients: flags.Clients = None,
    seeds: flags.Seeds = None,
    limit: flags.Limit = None,
    concurrency: flags.Concurrency = None,
    language: flags.Language = None,
    judges: flags.Judges = None,
    scales: flags.Scales = None,
    model: flags.Model = None,
    pairs: flags.PairJudges = None,
    adaptive: flags.Adaptive = None,
    max_cost: flags.MaxCost = None,
    max_tokens: flags.MaxTokens = None,
    plan: flags.PlanOnly = False,
    difference: flags.Difference = 0.25,
    pilot: flags.Pilot = None,
    out: Annotated[
        Path | None, typer.Option(help="Run folder; one that exists is resumed or extended.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Let counselors meet the same clients, and say which is better and how sure that is.

    Plays only what is missing: counselors, clients and seeds may be added later. Without --pairs the
    CTRS means decide who beats whom. Exit codes as `run`.
    """
    from sim.tournament.verb import Pairs, Power, print_power
    from sim.tournament.verb import tournament as play_tournament

    given = {
        "clients": clients,
        "counselors": split_names(counselors),
        "judges": split_names(judges),
        "scales": split_names(scales),
        "seeds": seeds,
        "limit": limit,
        "concurrency": concurrency,
        "language": language,
        "model": model,
        "max_cost": max_cost,
        "max_tokens": max_tokens,
    }
    judged_by = split_names(pairs)
    if adaptive is not None and judged_by is None:
        raise InputError(
            "there are no pairs to choose from",
            where="--adaptive",
            todo="say who compares, for example --pairs scripted",
        )
    if plan:
        raise typer.Exit(print_power(config, given, Power(difference, pilot), json))
    asked = None if judged_by is None else Pairs(judged_by, adaptive)
    raise typer.Exit(play_tournament(config, given, out, json, asked))


def replay(
    folder: RunFolder,
    episode: Annotated[
        str | None, typer.Argument(help="Number from 1, key or persona id [default: 1].")
    ] = None,
    speed: Annotated[float, typer.Option(help="Factor on reading speed.")] = 1.0,
    plain: Annotated[bool, typer.Option("--plain", help="No colour, no waiting.")] = False,
) -> None:
    """Play one episode in the terminal: words, strategies, gauges, loops, verdict."""
    from sim.showing.replay import replay as play_back

    play_back(folder, episode, speed=speed, plain=plain)


def show(folder: RunFolder, json: JsonFlag = False) -> None:
    """Print the summary tables of a run, from its records."""
    from sim.showing.show import show as show_run

    show_run(folder, json)


def report(
    folders: Annotated[list[Path], typer.Argument(metavar="RUN…", help="One or more run folders.")],
    out: Annotated[
        Path | None, typer.Option(help="The page to write [default: report.html in the first RUN].")
    ] = None,
) -> None:
    """Write one self-contained page: who is better and how sure that is, and every session.

    Several runs are compared on one page. The page needs no network and no server.
    """
    from sim.report.verb import report as write_report

    write_report(folders, out)


def graph(
    protocol: Annotated[str, typer.Argument(help="A protocol, e.g. crdial.")],
    routes: Annotated[bool, typer.Option("--routes", help="The table of routes instead.")] = False,
) -> None:
    """Print a protocol's graph as Mermaid, drawn by the compiled graph itself."""
    from sim.routes import print_graph

    print_graph(protocol, routes)
