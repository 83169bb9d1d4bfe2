"""The LLM supervisor of CRDial: a model says what the client's message brought, we enter it with care.

A model invents, so nothing is entered on its word alone: quotes must share words with what the
client said, a rating needs a number in the message, a shift needs a new sentence or a fallen
rating, and the attempts of a sub-stage are bounded as they are for the scripted supervisor.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from langchain_core.messages import BaseMessage

from agents.counselors.base import CounselorView
from agents.counselors.formulation import Channel, Formulation
from agents.counselors.supervisor import Progress, observe
from agents.llm.counselors.intake import describe_intake
from agents.llm.counselors.observation import Observation, enter
from agents.llm.counselors.speech import seed_of
from agents.llm.lines import load_lines
from agents.models.reply import Model
from agents.prompts import fill_prompt
from agents.prompts.layout import look_at
from personas.distortions import taxonomy
from personas.schema import Language


@dataclass
class ModelSupervisor:
    """Watches through a model; the language is that of the view."""

    model: Model

    @property
    def voice(self) -> str:
        """Return the model's id."""
        return self.model.voice

    async def observe(self, view: CounselorView) -> Progress:
        """Return what the client's last message brought.

        An unparsable reply falls back on the scripted reading. Raises what the model raises.
        """
        messages, seed = _lay_out(view), seed_of(view, "supervisor")
        reply = await self.model.call(messages, role="supervisor", seed=seed, schema=Observation)
        if isinstance(reply.parsed, Observation):
            return enter(view, reply.parsed)
        return observe(view)


def _lay_out(view: CounselorView) -> list[BaseMessage]:
    language = view.language
    system = fill_prompt(
        "supervisor",
        language,
        distortions=_list_distortions(language),
        intake=describe_intake(view.intake, language),
    )
    question = fill_prompt(
        "supervisor_question",
        language,
        stage=view.stage,
        attempt=str(view.formulation.attempts),
        waiting=load_lines("supervisor_waiting", language)[view.stage].template,
        notes=write_notes(view.formulation),
    )
    return look_at(system, view.transcript, question)


def _list_distortions(language: Language) -> str:
    return "\n".join(
        f"{distortion.value}: {info.definition.pick(language)}"
        for distortion, info in taxonomy().items()
    )


def write_notes(formulation: Formulation) -> str:
    """Return the formulation as one line of JSON: what is known, the thoughts, which is on the table."""
    known = {
        name: value
        for name in ("situation", "feeling", "automatic_thought", "rule", "core_belief")
        if (value := getattr(formulation, name))
    }
    thoughts = [_note_channel(n, c) for n, c in enumerate(formulation.channels, start=1)]
    table = formulation.current + 1 if thoughts else None
    text = orjson.dumps({**known, "thoughts": thoughts, "on_the_table": table}).decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e")


def _note_channel(number: int, channel: Channel) -> dict[str, object]:
    facts: dict[str, object] = {
        "facts_for": channel.case_for,
        "facts_against": channel.case_against,
        "rating_before": channel.rating_before,
        "rating_after": channel.rating_after,
        "shifted": channel.shifted,
        "balanced": channel.balanced,
    }
    said = {name: value for name, value in facts.items() if value not in ((), None, False, "")}
    return {"n": number, "thought": channel.thought, **said}
