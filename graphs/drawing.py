"""The compiled graphs draw themselves: Mermaid of nodes and edges, and the routing table of CRDial."""

from __future__ import annotations

from graphs.crdial import ROUTES
from graphs.session import build_graph


def draw_mermaid(protocol: str) -> str:
    """Return the Mermaid picture that the compiled graph draws of itself."""
    return build_graph(protocol).get_graph().draw_mermaid()


def describe_routes() -> list[tuple[str, str, str]]:
    """Return the routing table of CRDial as rows (from, to, when)."""
    return list(ROUTES)
