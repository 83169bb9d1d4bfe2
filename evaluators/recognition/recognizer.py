"""Who names distortions: by the cues of the taxonomy, or a model. None, one or several per text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from agents.models.reply import Model
from agents.prompts import fill_prompt
from agents.prompts.layout import look_at
from agents.transcript import client_turn
from personas.distortions import score_distortions, taxonomy
from personas.errors import InputError
from personas.schema import Distortion, Language


class Recognizer(Protocol):
    """Names the distortions in a client's words. `voice` is `scripted` or a model id."""

    @property
    def voice(self) -> str:
        """Return `scripted` or the id of the model that reads."""
        ...

    async def recognize(self, text: str, language: Language) -> frozenset[Distortion] | None:
        """Return the distortions in a text, perhaps none; `None` if there was no readable answer."""
        ...


@dataclass(frozen=True)
class ScriptedRecognizer:
    """Every distortion of which the text holds a cue. Raises InputError for a language without cues."""

    voice: str = "scripted"

    async def recognize(self, text: str, language: Language) -> frozenset[Distortion] | None:
        """Return the distortions whose cues are heard."""
        if not any(info.cues.pick(language) for info in taxonomy().values()):
            what = f"there are no cues of distortions for language {language!r}"
            raise InputError(what, todo="let a model read: --model openai:NAME")
        return frozenset(score_distortions(text, language))


class Found(BaseModel):
    """The words that carry a distortion, and its name."""

    model_config = ConfigDict(extra="forbid")

    quote: str
    distortion: Distortion


class RecognitionReply(BaseModel):
    """All distortions of a text, an empty list for none."""

    model_config = ConfigDict(extra="forbid")

    found: list[Found]


@dataclass(frozen=True)
class ModelRecognizer:
    """Asks a model about one text at a time."""

    model: Model

    @property
    def voice(self) -> str:
        """Return the id of the model that reads."""
        return self.model.voice

    async def recognize(self, text: str, language: Language) -> frozenset[Distortion] | None:
        """Return what the model names; a reply that cannot be read is `None`, never "no distortion"."""
        question = fill_prompt("recognize_text", language)
        messages = look_at(guide(language), (client_turn(text),), question)
        reply = await self.model.call(messages, role="recognition", seed=0, schema=RecognitionReply)
        if not isinstance(reply.parsed, RecognitionReply):
            return None
        return frozenset(found.distortion for found in reply.parsed.found)


def guide(language: Language) -> str:
    """Return the system text: what each distortion is; the same for all texts."""
    colon = "：" if language == "zh" else ": "
    lines = (
        f"{distortion.value} ({info.name.pick(language)}){colon}{info.definition.pick(language)}"
        for distortion, info in taxonomy().items()
    )
    return fill_prompt("recognize", language, distortions="\n".join(lines))
