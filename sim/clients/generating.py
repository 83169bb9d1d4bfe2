"""The verbs `personas generate` and `personas schema`."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from shlex import quote
from time import perf_counter

from rich.table import Table

from personas.errors import InputError
from personas.generator.coverage import Spread, measure_coverage
from personas.generator.generate import generate_personas
from personas.generator.nearness import NEAR, near_duplicates
from personas.schema import Language, Persona, Risk
from sim.clients.people import refuse_existing, write_whole
from sim.console import open_stdout, say


def generate(
    count: int,
    language: Language,
    seed: int,
    out: Path,
    *,
    risk: Risk,
    minors: bool,
    enrich: str | None,
) -> None:
    """Write generated personas as JSON lines; print how evenly they are spread and how alike."""
    if count < 1:
        raise InputError("must be at least 1", where="N")
    refuse_existing(out)
    started = perf_counter()
    personas = list(generate_personas(count, language, seed, risk=risk, minors=minors))
    took = perf_counter() - started
    _print_coverage(measure_coverage(personas, minors=minors))
    _print_nearness(personas)
    if enrich:
        personas = _enrich(personas, enrich)
    write_whole(out, "".join(f"{persona.model_dump_json()}\n" for persona in personas))
    ages = "with minors" if minors else "adults only"
    say(
        f"{count} personas written to {out} in {took:.1f} s "
        f"(synthetic; {language}, seed {seed}, risk {risk.value}, {ages})"
    )
    say(f"Next: counselgym run --clients {quote(str(out))} --language {language}")


def print_schema() -> None:
    """Print the JSON Schema of a persona, one line of the files we read and write."""
    say(json.dumps(Persona.model_json_schema(), indent=2, ensure_ascii=False))


def _print_coverage(spreads: list[Spread]) -> None:
    table = Table("spread over", "cells", "even share", "fewest", "most", "worst", "±10 %")
    for spread in spreads:
        table.add_row(
            spread.name,
            str(spread.cells),
            f"{spread.even:.1f}",
            str(spread.fewest),
            str(spread.most),
            f"{spread.worst:.1%}",
            "yes" if spread.worst <= 0.1 else "no",
        )
    open_stdout().print(table)


def _print_nearness(personas: list[Persona]) -> None:
    near = len(near_duplicates(personas))
    say(
        f"near-duplicates: {near} of {len(personas)} ({near / len(personas):.2%}) share {NEAR:.0%} "
        "or more of their 3-shingles (situation, thoughts, evidence) with another"
    )


def _enrich(personas: list[Persona], spec: str) -> list[Persona]:
    """Have a model rewrite the prose of the forms; say how many stayed as they were."""
    from sim.clients.enriching import enrich_personas

    report = asyncio.run(enrich_personas(personas, spec))
    for persona_id, why in report.kept:
        say(f"not enriched: {persona_id}: {why}")
    say(f"enriched {len(personas) - len(report.kept)} of {len(personas)} by {report.voice}")
    return report.personas
