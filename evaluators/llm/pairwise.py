"""Two sessions before a model: which is better, with the reason before the choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, ConfigDict

from agents.models.reply import Model
from agents.prompts import fill_prompt
from agents.prompts.layout import as_material
from agents.transcript import Transcript
from evaluators.pairwise import Preference
from personas.schema import Language

_SHOWN = 200


class PairReply(BaseModel):
    """What speaks for the choice, then the choice."""

    model_config = ConfigDict(extra="forbid")

    reason: str
    better: Literal["first", "second", "tie"]


@dataclass(frozen=True)
class ModelPairJudge:
    """Asks a model once a pair; it sees what was said, and nothing of who said it."""

    model: Model

    @property
    def name(self) -> str:
        """Return the name that comparisons carry: the model's."""
        return self.model.voice

    @property
    def voice(self) -> str:
        """Return the id of the model that compares."""
        return self.model.voice

    async def compare(
        self, first: Transcript, second: Transcript, language: Language
    ) -> Preference:
        """Return the model's choice; missing, with the reply, where it cannot be read."""
        messages = ask_to_compare(first, second, language)
        reply = await self.model.call(messages, role="pair", seed=0, schema=PairReply)
        if isinstance(reply.parsed, PairReply):
            return Preference(reply.parsed.better, reply.parsed.reason)
        return Preference(None, f"the reply was: {reply.text[:_SHOWN]}")


def ask_to_compare(first: Transcript, second: Transcript, language: Language) -> list[BaseMessage]:
    """Return the request: the guide, the first session, the second, the question."""
    sessions = {"first": as_material(first), "second": as_material(second)}
    return [
        SystemMessage(fill_prompt("judge_pair", language)),
        HumanMessage(fill_prompt("judge_pair_sessions", language, **sessions)),
    ]
