"""The blind reader by a model: which distortion and which attitude it hears in a session."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel, ConfigDict

from agents.models.reply import Model
from agents.prompts import fill_prompt
from agents.prompts.layout import look_at
from agents.transcript import Transcript
from personas.distortions import taxonomy
from personas.schema import Attitude, Distortion, Language


class Reading(BaseModel):
    """What a reader makes of a client."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    distortion: Distortion
    attitude: Attitude


@dataclass(frozen=True)
class ModelReader:
    """Asks a model once a session; it sees the transcript and nothing else."""

    model: Model

    @property
    def voice(self) -> str:
        """Return the id of the model that reads."""
        return self.model.voice

    async def read(self, transcript: Transcript, language: Language) -> Reading | None:
        """Return what the model hears, `None` for a reply that cannot be read."""
        question = fill_prompt("judge_reader_question", language)
        messages = look_at(_guide(language), transcript, question)
        reply = await self.model.call(messages, role="reader", seed=0, schema=Reading)
        return reply.parsed if isinstance(reply.parsed, Reading) else None


@cache
def _guide(language: Language) -> str:
    stop = "。" if language == "zh" else ". "
    lines = (
        f"{info.id.value}: {info.name.pick(language)}{stop}{info.definition.pick(language)}"
        for info in taxonomy().values()
    )
    return fill_prompt("judge_reader", language, distortions="\n".join(lines))
