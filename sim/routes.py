"""The verb `graph`: the picture of a protocol, drawn by its compiled graph."""

from __future__ import annotations

import difflib
import sys

from rich.table import Table

from agents.counselors import PROTOCOLS
from graphs.drawing import describe_routes, draw_mermaid
from personas.errors import InputError
from sim.console import open_stdout


def print_graph(protocol: str, routes: bool) -> None:
    """Print Mermaid, or the table of routes with their reasons."""
    if protocol not in PROTOCOLS:
        near = difflib.get_close_matches(protocol, PROTOCOLS, n=1) or PROTOCOLS
        raise InputError(f"unknown protocol {protocol!r}", todo=f"try: {', '.join(near)}")
    if not routes:
        sys.stdout.write(draw_mermaid(protocol).rstrip("\n") + "\n")
        return
    if protocol != "crdial":
        raise InputError(f"{protocol} has no routes table", todo="only crdial has sub-stages")
    table = Table("from", "to", "when")
    for source, target, when in describe_routes():
        table.add_row(source, target, when)
    open_stdout().print(table)
