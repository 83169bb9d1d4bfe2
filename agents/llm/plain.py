"""Any model with any system prompt: the plain counselor, the yardstick of the others."""

from __future__ import annotations

from dataclasses import dataclass

from langchain_core.messages import BaseMessage

from agents.counselors.base import CounselorView, Utterance
from agents.layout import speak_as
from agents.llm.intake import describe_intake
from agents.llm.speech import ask_words, closing_note, is_last, join_parts
from agents.models.reply import Model
from agents.prompts import fill_prompt
from agents.transcript import Speaker
from personas.schema import Language


@dataclass
class ModelPlainCounselor:
    """Talks by `system_prompt`, taken as it stands, or by the plain prompt of the language if None.

    The rule for ending and the public intake are added to either, so that a tournament is fair.
    """

    model: Model
    language: Language
    system_prompt: str | None
    name: str
    protocol: str = "plain"

    @property
    def voice(self) -> str:
        """Return the model's id."""
        return self.model.voice

    async def speak(self, view: CounselorView) -> Utterance:
        """Return the next message; it closes at the model's end marker or the 20th exchange.

        Raises UnusableReply, and what the model raises.
        """
        words = await ask_words(self.model, lay_out_plain(view, self.system_prompt), view)
        return Utterance(words.sentences, view.formulation, closes=is_last(view, words))


def lay_out_plain(view: CounselorView, system_prompt: str | None = None) -> list[BaseMessage]:
    """Return the request for the next message; the system prompt as in `ModelPlainCounselor`."""
    language = view.language
    system = join_parts(
        fill_prompt("plain", language) if system_prompt is None else system_prompt.strip(),
        fill_prompt("ending", language),
        describe_intake(view.intake, language),
    )
    return speak_as(
        Speaker.COUNSELOR,
        system,
        view.transcript,
        begin=fill_prompt("begin", language),
        note=closing_note(view),
    )
