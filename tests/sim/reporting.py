"""Run folders made by hand for the tests of the report, and its page taken apart again."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from handmade import make_episode, make_persona

from personas.schema import Attitude, Persona
from runs.folder import Manifest, prepare_folder
from runs.record import Episode
from runs.store import Store

MANIFEST = Manifest(
    created="2026-01-01T00:00:00+00:00",
    counselgym="0.1.0",
    python="3.11.7",
    packages={"langgraph": "1.2.22"},
    seeds=(0,),
    personas="0123456789abcdef",
    persona_count=3,
    voices={"client": "scripted"},
    repairs=(),
)
CONFIG = {"name": "hand", "language": "en", "scales": ["ctrs6"], "max_exchanges": 30}
ATTITUDES = (Attitude.POSITIVE, Attitude.NEUTRAL, Attitude.NEGATIVE)


def make_clients(count: int = 3) -> list[Persona]:
    return [make_persona(f"c{n}", ATTITUDES[n % 3]) for n in range(count)]


def make_run(folder: Path, episodes: Iterable[Episode], **config: object) -> Path:
    prepare_folder(folder, {**CONFIG, **config}, MANIFEST)
    with Store(folder) as store:
        for episode in episodes:
            store.add(episode)
    return folder


def pair_up(
    counselors: tuple[str, ...] = ("crdial", "plain"), clients: list[Persona] | None = None
) -> list[Episode]:
    """One episode of every counselor with every client; the later counselors are rated lower."""
    personas = make_clients() if clients is None else clients
    episodes = []
    for n, persona in enumerate(personas):
        for place, counselor in enumerate(counselors):
            episode = make_episode(16 * n + place + 1, counselor, persona)
            episodes.append(rate(episode, 5.0 - place - 0.1 * n))
    return episodes


def rate(episode: Episode, score: float) -> Episode:
    """The same episode with another rating of its only rated item."""
    whole = episode.model_dump(mode="json")
    whole["verdicts"][0]["ratings"][0]["score"] = score
    return Episode.model_validate(whole)


class Page(HTMLParser):
    """A page taken apart: its tags with their attributes, and the text of scripts and styles."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, dict[str, str | None], str]] = []
        self.title = ""
        self._inside = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag
        if tag in ("script", "style"):
            self.raw.append((tag, dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, text: str) -> None:
        if self._inside in ("script", "style"):
            tag, attributes, before = self.raw[-1]
            self.raw[-1] = tag, attributes, before + text
        elif self._inside == "title":
            self.title += text

    def island(self, name: str) -> str:
        return next(text for _, attributes, text in self.raw if attributes.get("id") == name)

    @property
    def figures(self) -> Any:
        return json.loads(self.island("figures"))

    def unpack(self, kind: str) -> list[Any]:
        """All items of the packed pages of a kind, in order."""
        pages = [t for _, at, t in self.raw if (at.get("id") or "").startswith(f"{kind}-")]
        return [
            item for page in pages for item in json.loads(gzip.decompress(base64.b64decode(page)))
        ]

    @property
    def policy(self) -> str:
        (found,) = (
            str(at["content"])
            for tag, at in self.tags
            if tag == "meta" and at.get("http-equiv") == "Content-Security-Policy"
        )
        return found
