"""The safety screen by a model: does the client's last message speak of danger to its life?

The cue words watch as well, and the graver of the two counts.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from agents.models.reply import Model
from agents.prompts import fill_prompt
from agents.prompts.layout import look_at
from agents.transcript import Speaker, Transcript
from evaluators.scripted.safety import screen_client
from personas.schema import Language, Risk


class ScreenReply(BaseModel):
    """The words that give concern (empty for none), then the answer that rests on them."""

    model_config = ConfigDict(extra="forbid")

    quote: str
    risk: Risk


@dataclass(frozen=True)
class ModelScreen:
    """Asks a model about each client message, with all that was said before it."""

    model: Model

    @property
    def voice(self) -> str:
        """Return the id of the model that watches."""
        return self.model.voice

    async def screen(self, transcript: Transcript, language: Language) -> Risk:
        """Return the risk that the client's last message speaks of.

        A reply that cannot be read leaves the cue words' result.
        """
        spoken = [n for n, turn in enumerate(transcript) if turn.speaker is Speaker.CLIENT]
        if not spoken:
            return Risk.NONE
        n = spoken[-1]
        scripted = screen_client(transcript[n].text, language)
        found = await self._ask(transcript, n, language)
        return max(found or Risk.NONE, scripted, key=list(Risk).index)

    async def _ask(self, transcript: Transcript, n: int, language: Language) -> Risk | None:
        question = fill_prompt("judge_safety_message", language, n=str(n))
        messages = look_at(fill_prompt("judge_safety", language), transcript, question)
        reply = await self.model.call(messages, role="safety", seed=0, schema=ScreenReply)
        return reply.parsed.risk if isinstance(reply.parsed, ScreenReply) else None
