"""The LLM voice of Cactus (arXiv 2407.03103): a planner in front, then talk that follows the plan.

The plan stands at the end of the system text: it changes at most now and then, and where it stays
the same a request repeats the one before up to the client's last message.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from langchain_core.messages import BaseMessage

from agents.counselors.base import CounselorView, Utterance
from agents.counselors.formulation import Formulation
from agents.llm.counselors.intake import describe_intake
from agents.llm.counselors.planner import make_plan, number_steps, review_plan
from agents.llm.counselors.speech import ask_words, closing_note, is_last
from agents.llm.lines import load_lines
from agents.models.reply import Model
from agents.prompts import fill_prompt
from agents.prompts.layout import speak_as
from agents.transcript import Speaker
from personas.schema import Language


@dataclass
class ModelCactusCounselor:
    """Plans, then talks. `name` is its spec."""

    model: Model
    language: Language
    name: str
    protocol: str = "cactus"

    @property
    def voice(self) -> str:
        """Return the model's id."""
        return self.model.voice

    async def speak(self, view: CounselorView) -> Utterance:
        """Plan and talk in one."""
        return await self.talk(replace(view, formulation=await self.plan(view)))

    async def plan(self, view: CounselorView) -> Formulation:
        """Return the picture with a technique and a plan: made, kept, a step on, or revised.

        Raises what the model raises.
        """
        if view.formulation.plan:
            return await review_plan(self.model, view, self.language)
        return await make_plan(self.model, view, self.language)

    async def talk(self, view: CounselorView) -> Utterance:
        """Return the next message; it closes at the model's end marker or the 20th exchange.

        Raises UnusableReply, and what the model raises.
        """
        words = await ask_words(self.model, lay_out_cactus(view), view)
        return Utterance(words.sentences, view.formulation, closes=is_last(view, words))


def lay_out_cactus(view: CounselorView) -> list[BaseMessage]:
    """Return the request for the next message; the formulation has a technique and a plan."""
    picture, language = view.formulation, view.language
    step = fill_prompt("cactus_note", language, step=picture.plan[picture.step])
    return speak_as(
        Speaker.COUNSELOR,
        _write_system(view),
        view.transcript,
        begin=fill_prompt("begin", language),
        note=closing_note(view) or step,
    )


def _write_system(view: CounselorView) -> str:
    picture, language = view.formulation, view.language
    plan = fill_prompt(
        "cactus_plan",
        language,
        technique=load_lines("cactus_techniques", language)[picture.technique].template,
        steps=number_steps(picture.plan),
    )
    return fill_prompt(
        "cactus",
        language,
        manner=fill_prompt("manner", language),
        ending=fill_prompt("ending", language),
        intake=describe_intake(view.intake, language),
        plan=plan,
    )
