"""The material for clients that are inferred from what somebody wrote, one TOML a language."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from personas.distortions import taxonomy
from personas.schema import Distortion, Domain, Frozen, Language

_FILES = {"en": "inference.toml", "zh": "inference_zh.toml"}


class Generic(Frozen):
    """What people say under one distortion, whatever the matter."""

    thoughts: tuple[str, ...]
    rules: tuple[str, ...]
    cores: tuple[str, ...]
    balanced: tuple[str, ...]
    evidence_for: tuple[str, ...]
    evidence_against: tuple[str, ...]


class Hint(Frozen):
    """A spoken line that something on the form gives away.

    `doing` asks for a matter one can do. Where `relevant` names domains or distortions, the line is
    evidence for those only, and `otherwise` a disclosure.
    """

    group: str
    section: str
    match: str
    use: str
    lines: tuple[str, ...]
    doing: bool = False
    relevant: tuple[str, ...] = ()
    otherwise: str = ""

    def place(self, tags: set[str]) -> str:
        """Return the use of the line for a client whose domain and distortion are `tags`."""
        return self.use if not self.relevant or tags & set(self.relevant) else self.otherwise


class Fallback(Frozen):
    """A thought of the client's own for forms whose sentences cannot be spoken."""

    match: str
    texts: tuple[str, ...]
    distortion: Distortion


class Matter(Frozen):
    """What the form is about: a few words for it, its domain, and whether one can do it."""

    match: str
    say: str
    domain: Domain
    doing: bool = False


class Material(Frozen):
    """The content of `inference.toml` or `inference_zh.toml`."""

    generic: dict[Distortion, Generic]
    pools: dict[str, tuple[str, ...]]
    hints: tuple[Hint, ...]
    fallbacks: tuple[Fallback, ...]
    markers: dict[Distortion, tuple[str, ...]]
    topics: tuple[Matter, ...]


@cache
def load_material(language: Language = "en") -> Material:
    """Return the material; where it names no markers, the cues of the distortions are the markers."""
    path = Path(__file__).with_name(_FILES[language])
    material = Material.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    cues = {kind: info.cues.pick(language) for kind, info in taxonomy().items()}
    return material.model_copy(update={"markers": cues | material.markers})
