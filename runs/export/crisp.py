"""Targets after Crisp (arXiv 2504.17238): the counselor itself says where it is and what it does.

`[Prosecution] [1: Catastrophizing] [Restatement] … [Question] …`: stage, channel with its
distortion while one is worked on, then each sentence with its strategy. The first message of the
restructuring names all channels found, as Crisp's model states up to three distortions. The
request holds no notes: what they would tell is what is to be learnt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agents.layout import speak_as
from agents.llm.crdial import write_system
from agents.llm.layouts import END
from agents.llm.lines import load_lines
from agents.prompts import fill_prompt
from agents.tagging import tag_turn
from agents.transcript import Sentence, Speaker, Turn
from graphs.state import RESTRUCTURING
from personas.distortions import taxonomy
from personas.schema import Distortion, Language
from runs.export.exchanges import Exchange, Message, as_message, view_of
from runs.record import Episode


class UntaggedError(Exception):
    """A sentence of the counselor carries no strategy."""


def write_conversation(episode: Episode, exchanges: Sequence[Exchange]) -> list[Message]:
    """Return the session up to the counselor's last message.

    Raises UntaggedError if a sentence of the counselor has no strategy.
    """
    places = [exchange.turn for exchange in exchanges]
    transcript = list(episode.transcript[: places[-1] + 1])
    for place in places:
        written = _write(episode, place, _find_first(episode, places))
        transcript[place] = Turn(Speaker.COUNSELOR, (Sentence(written),))
    ended = exchanges[-1].words.endswith(END[episode.language])
    if ended:
        goodbye = f"{transcript[-1].text} {END[episode.language]}"
        transcript[-1] = replace(transcript[-1], sentences=(Sentence(goodbye),))
    view = view_of(episode, (), None)
    messages = speak_as(
        Speaker.COUNSELOR,
        write_system(view),
        tuple(transcript),
        begin=fill_prompt("begin", episode.language),
    )
    return [as_message(message) for message in messages]


def _find_first(episode: Episode, places: Sequence[int]) -> int | None:
    """Return the place of the first message of the restructuring."""
    return next((p for p in places if episode.transcript[p].stage in RESTRUCTURING), None)


def _write(episode: Episode, place: int, first: int | None) -> str:
    turn = episode.transcript[place]
    if any(sentence.strategy is None for sentence in turn.sentences):
        raise UntaggedError(episode.key)
    tags = [f"[{name_stage(turn.stage, episode.language)}]"]
    if turn.stage in RESTRUCTURING and turn.channel is not None:
        found = range(_count_known(episode, place)) if place == first else ()
        tags += [_tag_channel(episode, channel) for channel in found if channel != turn.channel]
        tags.append(_tag_channel(episode, turn.channel))
    return " ".join((*tags, tag_turn(turn, episode.language)))


def name_stage(stage: str, language: Language) -> str:
    """Return what a stage is called in the prompts, without the remark in brackets."""
    name = load_lines("crdial_stages", language)[stage].template
    return name.split("(")[0].split("（")[0].strip()


def _count_known(episode: Episode, place: int) -> int:
    """Return how many channels had been found; those of later loops are not known yet."""
    told = next((b for b in episode.briefings if b.turn == place), None)
    return len(told.thoughts) if told else 0


def _tag_channel(episode: Episode, channel: int) -> str:
    known = episode.channels[channel].distortion if channel < len(episode.channels) else ""
    if not known:
        return f"[{channel + 1}]"
    return f"[{channel + 1}: {taxonomy()[Distortion(known)].name.pick(episode.language)}]"
