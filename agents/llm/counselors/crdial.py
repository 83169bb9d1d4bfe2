"""The LLM voice of CRDial (arXiv 2504.17238): tagged sentences, one sub-stage at a time.

The system text carries the guide to all sub-stages; the note after the client's last message says
which one it is and which thought is on the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from string import Template

from langchain_core.messages import BaseMessage

from agents.counselors.base import CounselorView, Utterance
from agents.counselors.formulation import Channel, Formulation
from agents.llm.counselors.intake import describe_intake
from agents.llm.counselors.speech import ask_words
from agents.llm.lines import load_lines
from agents.models.reply import Model
from agents.prompts import fill_prompt
from agents.prompts.layout import speak_as
from agents.tagging import parse_tags, tag_turn
from agents.transcript import Speaker
from personas.schema import Language

_LAST_CLOSING = 2
_ENDINGS = ("closing", "time_up")
_LONGEST_THOUGHT = 120


@dataclass
class ModelCrdialCounselor:
    """Speaks for the sub-stage of its view; shared by all episodes. `name` is its spec."""

    model: Model
    language: Language
    name: str
    protocol: str = "crdial"

    @property
    def voice(self) -> str:
        """Return the model's id."""
        return self.model.voice

    async def speak(self, view: CounselorView) -> Utterance:
        """Return the next message of the sub-stage `view.stage`, its sentences labelled.

        It closes at the model's end marker in `closing`, at the third message there at the latest,
        and when time is up. Raises UnusableReply, and what the model raises.
        """
        words = await ask_words(self.model, lay_out_crdial(view), view, parse_tags)
        return Utterance(words.sentences, view.formulation, closes=_closes(view, words.ended))


def lay_out_crdial(view: CounselorView) -> list[BaseMessage]:
    """Return the request for the next message of the sub-stage `view.stage`."""
    return speak_as(
        Speaker.COUNSELOR,
        write_system(view),
        view.transcript,
        begin=fill_prompt("begin", view.language),
        note=_write_note(view, view.language),
        show=partial(tag_turn, language=view.language),
    )


def write_system(view: CounselorView) -> str:
    """Return the guide to all sub-stages and the public intake."""
    return fill_prompt(
        "crdial",
        view.language,
        manner=fill_prompt("manner", view.language),
        intake=describe_intake(view.intake, view.language),
    )


def _closes(view: CounselorView, ended: bool) -> bool:
    if view.stage == "closing":
        return ended or view.formulation.attempts >= _LAST_CLOSING
    return view.stage == "time_up"


def _write_note(view: CounselorView, language: Language) -> str:
    return fill_prompt(
        "crdial_note",
        language,
        stage=load_lines("crdial_stages", language)[view.stage].template,
        attempt=str(view.formulation.attempts + 1),
        thoughts=_write_thoughts(view.formulation, view.stage, language),
    )


def _write_thoughts(formulation: Formulation, stage: str, language: Language) -> str:
    """Name the thought on the table, with the others while they are collected; at the end, what was found."""
    lines, gap = load_lines("crdial_thoughts", language), "" if language == "zh" else " "
    if stage in _ENDINGS:
        found = [channel.balanced for channel in formulation.channels if channel.balanced]
        return gap + lines["found"].substitute(found=_cut(found[-1])) if found else ""
    channel = formulation.channel
    if channel is None:
        return ""
    text = gap + _fill(lines["current" if channel.rating_before is None else "rated"], channel)
    others = [c for i, c in enumerate(formulation.channels) if i != formulation.current]
    if stage == "core_beliefs" and others:
        quoted = ("；" if language == "zh" else "; ").join(f"“{_cut(c.thought)}”" for c in others)
        text += gap + lines["others"].substitute(others=quoted)
    return text


def _fill(line: Template, channel: Channel) -> str:
    now = channel.rating_before if channel.rating_after is None else channel.rating_after
    return line.safe_substitute(rating=now, thought=_cut(channel.thought))


def _cut(thought: str) -> str:
    bare = " ".join(thought.split())
    return bare if len(bare) <= _LONGEST_THOUGHT else f"{bare[: _LONGEST_THOUGHT - 1]}…"
