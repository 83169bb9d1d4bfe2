"""The model appraiser: a model hears what a counselor's message does; the rules hear the rest.

Copies, repetitions and overlap with the client's words are counted, not judged, so they stay with
the scripted hearing, which also stands where the model's reply cannot be read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from agents.hearing.discourse import EVIDENCE_ASKS, Ask, Heard, Move, hear
from agents.llm.seeds import derive_seed
from agents.models.reply import Model
from agents.prompts import fill_prompt
from agents.prompts.layout import look_at
from agents.transcript import Speaker, Transcript
from personas.schema import Language

ROLE = "appraisal"
_COUNTED = frozenset({Move.PARROT, Move.REPETITION})
_MOST_QUESTIONS = 9

HeardMove = Literal[
    "reflection", "restatement", "validation", "praise", "open_question", "closed_question",
    "advice", "information", "lecture", "platitude", "persuasion", "attack", "self_disclosure",
    "negotiation", "summary", "agenda", "feedback", "homework", "jargon",
]  # fmt: skip
HEARD_MOVES = frozenset(Move(name) for name in get_args(HeardMove))


class Hearing(BaseModel):
    """What the model heard in one counselor message."""

    model_config = ConfigDict(extra="forbid")
    moves: list[HeardMove]
    ask: Ask
    questions: int


class ModelAppraiser:
    """Hears by a model. `voice` is the model's id."""

    def __init__(self, model: Model) -> None:
        self.voice = model.voice
        self._model = model

    async def appraise(self, transcript: Transcript, language: Language) -> Heard:
        """Return the last counselor message as the client heard it.

        Raises CallFault if the call failed; a reply that does not parse leaves the scripted hearing.
        """
        index = max(i for i, turn in enumerate(transcript) if turn.speaker is Speaker.COUNSELOR)
        scripted = hear(transcript, language)
        reply = await self._model.call(
            look_at(
                fill_prompt("appraisal", language),
                transcript,
                fill_prompt("appraisal_question", language, n=str(index)),
            ),
            role=ROLE,
            seed=derive_seed(0, ROLE, len(transcript)),
            schema=Hearing,
        )
        return _merge(scripted, reply.parsed) if isinstance(reply.parsed, Hearing) else scripted


def _merge(scripted: Heard, hearing: Hearing) -> Heard:
    """The model's moves and question, what is counted from the rules; the two made consistent."""
    moves = {Move(name) for name in hearing.moves} | (scripted.moves & _COUNTED)
    if hearing.ask in EVIDENCE_ASKS:
        moves.add(Move.EVIDENCE_QUESTION)
    least = 0 if hearing.ask is Ask.NONE else 1
    questions = max(least, min(hearing.questions, _MOST_QUESTIONS))
    return replace(scripted, moves=frozenset(moves), ask=hearing.ask, questions=questions)
