"""PANAS by a model: read by an outsider from the transcript, or filled in by the client in character.

The outsider gets the client's words and nothing else. The client's own answers come from who it is
and from its mind, told in words; no number of the mind enters a prompt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from langchain_core.messages import BaseMessage
from pydantic import BaseModel, ConfigDict, create_model

from agents.llm.seeds import derive_seed
from agents.mind.state import Mind
from agents.models.reply import Model
from agents.prompts import fill_prompt
from agents.prompts.layout import look_at
from agents.transcript import Transcript
from evaluators.llm.person import describe_attitude, describe_mood, describe_person
from evaluators.scale import load_scale
from evaluators.scripted.panas_observer import Moment, find_part
from evaluators.verdict import PanasReading
from personas.schema import Language, Persona

_WORDS = load_scale("panas").items
_ANSWERS: dict[str, Any] = {item.id: (Literal[1, 2, 3, 4, 5] | None, ...) for item in _WORDS}
PanasReply: type[BaseModel] = create_model(
    "PanasReply", __config__=ConfigDict(extra="forbid"), **_ANSWERS
)
"""The twenty answers by the English word, 1 to 5 or null, in the order of the instrument."""


@dataclass(frozen=True)
class ModelObserver:
    """Reads the client's mood from the first and from the last third of its messages."""

    model: Model

    @property
    def name(self) -> str:
        """Return the name that the readings are reported under: the model's."""
        return self.model.voice

    @property
    def voice(self) -> str:
        """Return the id of the model that reads."""
        return self.model.voice

    async def observe(
        self, transcript: Transcript, language: Language
    ) -> tuple[PanasReading, PanasReading]:
        """Return the readings (before, after); a third of fewer than three messages is missing.

        For "before" the transcript ends with the first third, so that the outcome cannot colour it;
        for "after" all of it stands there, and the last third is asked about.
        """
        before = await self._read(transcript, language, "before")
        return before, await self._read(transcript, language, "after")

    async def _read(
        self, transcript: Transcript, language: Language, moment: Moment
    ) -> PanasReading:
        part = find_part(transcript, moment)
        if not part:
            return PanasReading("observer", (None,) * len(_WORDS))
        system = fill_prompt(
            "judge_panas", language, words=_word_list(language), **_scale(language)
        )
        stretch = {"first": str(part[0]), "last": str(part[-1])}
        question = fill_prompt("judge_panas_part", language, **stretch)
        messages = look_at(system, transcript[: part[-1] + 1], question)
        return await _read_scores(self.model, messages, 0, "observer")


@dataclass(frozen=True)
class ModelSelfReporter:
    """Has a model fill in the PANAS as the client would."""

    model: Model

    @property
    def voice(self) -> str:
        """Return the id of the model that answers."""
        return self.model.voice

    async def report(
        self, persona: Persona, mind: Mind, transcript: Transcript, seed: int, moment: Moment
    ) -> PanasReading:
        """Return the client's own answers (reader `self`); before the session nothing was said yet."""
        said = () if moment == "before" else transcript
        language = persona.language
        system = fill_prompt(
            "self_panas",
            language,
            words=_word_list(language),
            person=describe_person(persona),
            attitude=describe_attitude(persona),
            **_scale(language),
        )
        question = fill_prompt(f"self_panas_{moment}", language, mood=describe_mood(mind, language))
        messages = look_at(system, said, question)
        return await _read_scores(
            self.model,
            messages,
            derive_seed(seed, f"panas/{persona.id}/{moment}", len(said)),
            "self",
        )


async def _read_scores(
    model: Model, messages: Sequence[BaseMessage], seed: int, reader: str
) -> PanasReading:
    """Ask, and return the answers; of a reply that cannot be read all are missing."""
    reply = await model.call(messages, role="panas", seed=seed, schema=PanasReply)
    answers = reply.parsed.model_dump() if isinstance(reply.parsed, PanasReply) else {}
    return PanasReading(reader, tuple(answers.get(item.id) for item in _WORDS))


def _word_list(language: Language) -> str:
    if language == "zh":
        return "\n".join(f"{item.id}：{item.name_zh}" for item in _WORDS)
    return "\n".join(item.id for item in _WORDS)


def _scale(language: Language) -> dict[str, str]:
    labels = load_scale("panas").labels
    points = (f"{point} {pair[language == 'zh']}" for point, pair in labels.items())
    return {"points": " · ".join(points)}
