"""A session that judges are tried on, with what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from zlib import crc32

from agents.transcript import Transcript
from personas.schema import Language

SKILLED = ("crdial", "cactus")
HELPER = "plain"
BASELINES = ("eliza", "sycophant", "lecturer", "keyword_stuffer", "parrot")
GROUPS = (*SKILLED, HELPER, *BASELINES)


@dataclass(frozen=True)
class Specimen:
    """One session. `client` is the cluster it belongs to, `group` the protocol it is known by.

    `name` is how the client is called in it, "" if unknown; `seed` tells sessions of the same client
    and group apart.
    """

    client: str
    group: str
    seed: int
    language: Language
    name: str
    transcript: Transcript

    @property
    def draw(self) -> int:
        """Return a number that is the same for the same session, for choices among sentences."""
        return crc32(f"{self.client} {self.group} {self.seed}".encode())

    def with_transcript(self, transcript: Transcript) -> Specimen:
        """Return the same session told otherwise."""
        return replace(self, transcript=transcript)
