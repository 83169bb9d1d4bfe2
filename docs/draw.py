"""Writes docs/graphs.md: the pictures the compiled graphs draw of themselves, and the routing table."""

from __future__ import annotations

from pathlib import Path

from graphs.drawing import describe_routes, draw_mermaid

TITLES = {
    "crdial": "CRDial",
    "cactus": "Cactus",
    "plain": "Plain and the baselines",
}


def render() -> str:
    """Return the page."""
    rows = "\n".join(f"| {start} | {end} | {when} |" for start, end, when in describe_routes())
    pictures = "\n".join(
        f"## {title}\n\n```mermaid\n{draw_mermaid(protocol).strip()}\n```\n"
        for protocol, title in TITLES.items()
    )
    return (
        "# Graphs\n\nDrawn by the compiled graphs themselves (`make docs`, or `counselgym graph NAME`).\n\n"
        f"{pictures}\n## Routes of the CRDial supervisor\n\n"
        f"| from | to | when |\n|---|---|---|\n{rows}\n"
    )


if __name__ == "__main__":
    Path(__file__).with_name("graphs.md").write_text(render(), encoding="utf-8")
