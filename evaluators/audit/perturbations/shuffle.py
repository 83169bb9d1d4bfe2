"""Put the messages of either side in another order: the same words, but nobody answers anybody."""

from __future__ import annotations

import random

from agents.transcript import Speaker, Transcript, Turn, turns_of
from evaluators.audit.specimen import Specimen


def shuffle_turns(session: Specimen) -> Transcript:
    """Return the session with each side's messages shuffled among that side's places."""
    rng = random.Random(session.draw)
    left: dict[Speaker, list[Turn]] = {}
    for speaker in Speaker:
        left[speaker] = turns_of(session.transcript, speaker)
        rng.shuffle(left[speaker])
    return tuple(left[turn.speaker].pop() for turn in session.transcript)
