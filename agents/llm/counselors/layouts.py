"""How each protocol lays out a request and writes its own messages: for whoever makes examples.

The same functions that the LLM counselors speak by, so that a model trained on the examples meets
at play what it was trained on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from langchain_core.messages import BaseMessage

from agents.counselors.base import CounselorView
from agents.llm.counselors.cactus import lay_out_cactus
from agents.llm.counselors.cbt_qa import lay_out_cbt_qa
from agents.llm.counselors.crdial import lay_out_crdial
from agents.llm.counselors.plain import lay_out_plain
from agents.llm.counselors.staged import show_staged
from agents.tagging import tag_turn
from agents.transcript import Turn
from personas.schema import Language

END: dict[Language, str] = {"en": "[End]", "zh": "[结束]"}


@dataclass(frozen=True)
class Layout:
    """`lay_out` makes the request, `write` the reply that is wanted.

    `briefed`: the request needs what was told beside the words. `timed`: sessions are over after
    `LAST_EXCHANGE` messages. `shows_stage`: the stages of the transcript matter. `marks_end`: the
    goodbye carries the marker of the end.
    """

    protocol: str
    lay_out: Callable[[CounselorView], list[BaseMessage]]
    write: Callable[[Turn, Language], str]
    briefed: bool = False
    timed: bool = False
    shows_stage: bool = True
    marks_end: bool = True


def layout_of(protocol: str, system_prompt: str | None = None) -> Layout:
    """Return the layout of a protocol; one without an LLM voice (a baseline) is laid out as plain.

    `staged` is plain with the step and the strategies written out (`agents.llm.counselors.staged`).
    `system_prompt` is for these two, as in `ModelPlainCounselor`.
    """
    lay_out = partial(lay_out_plain, system_prompt=system_prompt)
    match protocol:
        case "crdial":
            return Layout("crdial", lay_out_crdial, tag_turn, briefed=True)
        case "cactus":
            return Layout("cactus", lay_out_cactus, _write_plain, briefed=True, timed=True)
        case "cbt_qa":
            return Layout("cbt_qa", lay_out_cbt_qa, _write_plain, marks_end=False)
        case "staged":
            return Layout("staged", lay_out, show_staged, timed=True)
        case _:
            return Layout("plain", lay_out, _write_plain, timed=True, shows_stage=False)


def _write_plain(turn: Turn, _: Language) -> str:
    return turn.text
