"""Any model with any system prompt: the plain counselor, the yardstick of the others.

A model that was trained to write its step and its strategies (`agents.llm.counselors.staged`) speaks through
this one, too: what it wrote is shown to it again, and never spoken.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from langchain_core.messages import BaseMessage

from agents.counselors.base import CounselorView, Utterance
from agents.llm.counselors.intake import describe_intake
from agents.llm.counselors.speech import ask_words, is_last, join_parts, note_at
from agents.llm.counselors.staged import show_staged
from agents.models.reply import Model
from agents.prompts import fill_prompt
from agents.prompts.layout import speak_as
from agents.transcript import Sentence, Speaker, Transcript, Turn
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
        closes = is_last(view, words)
        return Utterance(words.sentences, view.formulation, closes, words.stage)


def lay_out_plain(view: CounselorView, system_prompt: str | None = None) -> list[BaseMessage]:
    """Return the request for the next message; the system prompt as in `ModelPlainCounselor`.

    Of a transcript that ends with the counselor's words it is the whole session, as trained on.
    """
    language = view.language
    system = join_parts(
        fill_prompt("plain", language) if system_prompt is None else system_prompt.strip(),
        fill_prompt("ending", language),
        describe_intake(view.intake, language),
    )
    return speak_as(
        Speaker.COUNSELOR,
        system,
        _add_notes(view.transcript, language),
        begin=fill_prompt("begin", language),
        show=partial(show_staged, language=language),
    )


def _add_notes(transcript: Transcript, language: Language) -> Transcript:
    """Put the hints that time runs out where they were given, so that a request only grows."""
    spoken, out = 0, []
    for turn in transcript:
        spoken += turn.speaker is Speaker.COUNSELOR
        note = note_at(spoken, language) if turn.speaker is Speaker.CLIENT else ""
        out.append(_join_note(turn, note) if note else turn)
    return tuple(out)


def _join_note(turn: Turn, note: str) -> Turn:
    return replace(turn, sentences=(Sentence(f"{turn.text}\n\n{note}"),))
