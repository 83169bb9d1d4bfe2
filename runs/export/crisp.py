"""Targets after Crisp (arXiv 2504.17238): the counselor itself says where it is and what it does.

`<prosecution> [1: Catastrophizing] [Restatement] … [Question] …`: the step, the channel with its
distortion while one is worked on, then each sentence with its strategy. The first message of the
restructuring names all channels found, as Crisp's model states up to three distortions. But for
the channels it is the layout `staged`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agents.transcript import Turn
from graphs.state import RESTRUCTURING
from personas.distortions import taxonomy
from personas.schema import Distortion
from runs.export.exchanges import Exchange, Message, join_exchanges
from runs.record import Episode


def write_conversation(episode: Episode, exchanges: Sequence[Exchange]) -> list[Message]:
    """Return the session with the channels written behind the steps of the counselor's messages."""
    first = next((e.turn for e in exchanges if _turn(episode, e).stage in RESTRUCTURING), None)
    tagged = [
        replace(exchange, words=_add_channels(episode, exchange, exchange.turn == first))
        for exchange in exchanges
    ]
    return join_exchanges(tagged)


def _turn(episode: Episode, exchange: Exchange) -> Turn:
    return episode.transcript[exchange.turn]


def _add_channels(episode: Episode, exchange: Exchange, first: bool) -> str:
    turn = _turn(episode, exchange)
    if turn.stage not in RESTRUCTURING or turn.channel is None:
        return exchange.words
    known = range(_count_known(episode, exchange.turn)) if first else ()
    channels = [*(channel for channel in known if channel != turn.channel), turn.channel]
    tags = " ".join(_tag_channel(episode, channel) for channel in channels)
    step, _, said = exchange.words.partition(" ")
    return f"{step} {tags} {said}"


def _count_known(episode: Episode, place: int) -> int:
    """Return how many channels had been found; those of later loops are not known yet."""
    told = next((b for b in episode.briefings if b.turn == place), None)
    return len(told.thoughts) if told else 0


def _tag_channel(episode: Episode, channel: int) -> str:
    known = episode.channels[channel].distortion if channel < len(episode.channels) else ""
    if not known:
        return f"[{channel + 1}]"
    return f"[{channel + 1}: {taxonomy()[Distortion(known)].name.pick(episode.language)}]"
