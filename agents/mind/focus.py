"""Which of its thoughts a client is with: the one talked about, those laid out, one that waits."""

from __future__ import annotations

from agents.hearing.discourse import Heard
from agents.mind.state import Mind
from agents.text import closeness
from personas.schema import Persona


def find_focus(persona: Persona, mind: Mind, heard: Heard) -> int:
    """Return which thought the counselor is talking about: the voiced one closest to its words."""
    scores = {
        index: max(closeness(text, heard.text) for text in _voiced(persona, mind, index))
        for index in range(len(persona.profile.thoughts))
        if mind.on_table(index)
    }
    best = max(scores, key=lambda index: scores[index], default=mind.focus)
    return best if scores.get(best, 0.0) >= 0.5 else mind.focus


def find_offered(persona: Persona, mind: Mind, heard: Heard) -> list[int]:
    """Return the voiced thoughts a question names, in the order in which it names them."""
    places: dict[int, int] = {}
    for index in range(len(persona.profile.thoughts)):
        if not mind.on_table(index) or f"balanced.{index}" in mind.told:
            continue
        likeness = [
            max(closeness(text, sentence.text) for text in _voiced(persona, mind, index))
            for sentence in heard.sentences
        ]
        if likeness and max(likeness) >= 0.5:
            places[index] = likeness.index(max(likeness))
    return sorted(places, key=lambda index: places[index])


def waiting_thought(persona: Persona, mind: Mind) -> int | None:
    """Return the index of a thought that surfaces now that another has shifted, if trust allows."""
    if not any(entry.startswith("balanced") for entry in mind.told):
        return None
    return next(
        (
            index
            for index, thought in enumerate(persona.profile.thoughts)
            if thought.later and f"thought.{index}" not in mind.told and thought.trust <= mind.trust
        ),
        None,
    )


def _voiced(persona: Persona, mind: Mind, index: int) -> list[str]:
    texts = [persona.profile.thoughts[index].text]
    if index == 0 and "automatic_thought" in mind.told:
        texts.append(persona.profile.automatic_thought)
    return texts
