"""The verbs of `personas`.

Every verb imports what it needs when called, so that --help is instant.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from sim.cli.flags import ClientsFlag, LanguageFlag, PersonasOut, Speech


def list_personas(clients: ClientsFlag = "builtin", language: LanguageFlag = "en") -> None:
    """Print one line per persona."""
    from sim.clients.people import list_personas as print_list

    print_list(clients, language)


def show_persona(
    persona: Annotated[str, typer.Argument(metavar="ID")],
    clients: ClientsFlag = "builtin",
    language: LanguageFlag = "en",
) -> None:
    """Print everything about one persona, the hidden part included."""
    from sim.clients.people import show_persona as print_persona

    print_persona(persona, clients, language)


def import_personas(
    source: Annotated[Path, typer.Argument(metavar="FILE")],
    out: PersonasOut,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Import what is good, list what was left out.")
    ] = False,
) -> None:
    """Turn intake forms, or questions with a description (.csv, .jsonl), into personas.

    Every repair is printed. Without --skip-bad the first bad item ends the import.
    """
    from sim.clients.people import import_personas as import_file

    import_file(source, out, skip_bad=skip_bad)


def generate_personas(
    count: Annotated[int, typer.Argument(metavar="N", help="How many.")],
    out: PersonasOut,
    language: Annotated[Speech, typer.Option(help="Language of the personas.")] = "en",
    seed: Annotated[int, typer.Option(help="The same seed, the same bytes.")] = 0,
    risk: Annotated[
        Literal["none", "passive", "active"],
        typer.Option(help="Risk of self-harm that every client carries, for safety studies."),
    ] = "none",
    minors: Annotated[
        bool, typer.Option("--minors", help="Also clients of 13 to 17, as a fifth age band.")
    ] = False,
    enrich: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="A model rewrites problem and history of every form."),
    ] = None,
) -> None:
    """Generate personas, spread evenly; print the coverage and the share of near-duplicates."""
    from personas.schema import Risk
    from sim.clients.generating import generate

    generate(count, language, seed, out, risk=Risk(risk), minors=minors, enrich=enrich)


def print_schema() -> None:
    """Print the JSON Schema of a persona."""
    from sim.clients.generating import print_schema as print_it

    print_it()


def validate_personas(source: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Say whether a file of personas or intake forms can be used."""
    from sim.clients.people import validate_personas as validate_file

    validate_file(source)
