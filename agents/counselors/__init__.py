"""The counselors by name. A spec is a protocol's name; each is built once and shared by episodes."""

from __future__ import annotations

from collections.abc import Callable

from agents.counselors.base import Counselor
from agents.counselors.baselines import (
    ElizaCounselor,
    KeywordStufferCounselor,
    LecturerCounselor,
    ParrotCounselor,
    SycophantCounselor,
)
from agents.counselors.cactus import CactusCounselor
from agents.counselors.crdial import CrdialCounselor
from agents.counselors.plain import PlainCounselor
from personas.errors import InputError, suggest
from personas.schema import Language

_SCRIPTED: dict[str, Callable[[Language], Counselor]] = {
    "crdial": CrdialCounselor,
    "cactus": CactusCounselor,
    "plain": PlainCounselor,
    "eliza": ElizaCounselor,
    "parrot": ParrotCounselor,
    "sycophant": SycophantCounselor,
    "lecturer": LecturerCounselor,
    "keyword_stuffer": KeywordStufferCounselor,
}
PROTOCOLS = tuple(_SCRIPTED)


def build_counselor(spec: str, language: Language) -> Counselor:
    """Return the scripted counselor of a protocol. Raises InputError for an unknown one."""
    if spec not in _SCRIPTED:
        hint = suggest(spec, PROTOCOLS) or "they are: " + ", ".join(PROTOCOLS)
        raise InputError(f"there is no counselor named {spec!r}", todo=hint)
    return _SCRIPTED[spec](language)
