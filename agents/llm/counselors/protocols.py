"""The counselors that have an LLM voice, by protocol."""

from __future__ import annotations

from agents.counselors.base import Counselor
from agents.llm.counselors.cactus import ModelCactusCounselor
from agents.llm.counselors.cbt_qa import ModelCbtQaCounselor
from agents.llm.counselors.crdial import ModelCrdialCounselor
from agents.llm.counselors.plain import ModelPlainCounselor
from agents.models.reply import Model
from personas.errors import InputError
from personas.schema import Language

MODEL_PROTOCOLS = ("crdial", "cactus", "cbt_qa", "plain")


def build_model_counselor(
    protocol: str, model: Model, language: Language, name: str, system_prompt: str | None = None
) -> Counselor:
    """Return the LLM counselor of a protocol; `name` is the spec it is built from.

    Raises InputError for a protocol without an LLM voice, and for a system prompt where the
    protocol brings its own.
    """
    if protocol not in MODEL_PROTOCOLS:
        raise InputError(
            f"{protocol!r} has no LLM voice",
            where=name,
            todo="these have one: " + ", ".join(MODEL_PROTOCOLS),
        )
    if system_prompt is not None and protocol != "plain":
        raise InputError(
            f"{protocol!r} brings its own system prompt", where=name, todo="use plain with it"
        )
    match protocol:
        case "crdial":
            return ModelCrdialCounselor(model, language, name)
        case "cactus":
            return ModelCactusCounselor(model, language, name)
        case "cbt_qa":
            return ModelCbtQaCounselor(model, language, name)
        case _:
            return ModelPlainCounselor(model, language, system_prompt, name)
