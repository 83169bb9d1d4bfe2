"""The page: template, styles and scripts inlined into one file that asks for nothing.

What the data say is never part of the markup: it lies in a JSON island and in packed pages, and the
scripts put it on the screen as text. A content security policy lets only these very scripts and
styles run, by their hashes, and lets nothing load.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from pathlib import Path
from string import Template

from sim.report.sources import Json

_ASSETS = Path(__file__).parent / "assets"
STYLES = ("base.css", "figures.css", "sessions.css", "print.css")
SCRIPTS = (
    "dom.js",
    "words.js",
    "axis.js",
    "lines.js",
    "standing.js",
    "pairs.js",
    "clients.js",
    "judged.js",
    "course.js",
    "flow.js",
    "trust.js",
    "unpack.js",
    "session.js",
    "browser.js",
    "main.js",
)


def build_page(title: str, figures: Json, episodes: list[str], clients: list[str]) -> str:
    """Return the whole page as HTML; `episodes` and `clients` are packed pages."""
    style = "\n".join(_read(name) for name in STYLES)
    script = "(() => {\n'use strict';\n" + "\n".join(_read(name) for name in SCRIPTS) + "\n})();"
    return Template(_read("page.html")).substitute(
        title=html.escape(title),
        policy=_write_policy(style, script),
        style=style,
        script=script,
        figures=dump_island(figures),
        packed="\n".join((*_islands("episodes", episodes), *_islands("clients", clients))),
    )


def dump_island(data: Json) -> str:
    """Return JSON that cannot end or open an element, whatever its texts say."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _islands(kind: str, pages: list[str]) -> list[str]:
    return [
        f'<script type="text/plain" id="{kind}-{number}">{page}</script>'
        for number, page in enumerate(pages)
    ]


def _write_policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    """Return the hash of an inline element as a policy names it (CSP level 3)."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def _read(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8").rstrip("\n")
