"""Who a model client is told to be: the guide for all clients, then this one's form and manners.

It names nothing that the client has yet to disclose. Attitude and resistance appear as behaviour;
what a form gives away of the thoughts, the case around them and their labels is left out, because a
model cannot let slip what it was never told. A thought arrives with the note of the turn that tells
it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from agents.llm.lines import load_lines
from agents.prompts import fill_prompt
from agents.text import closeness, join_sentences, split_sentences
from personas.distortions import taxonomy
from personas.schema import Language, Persona

_ALIKE = 0.6
_CLIENTS = 256


@lru_cache(maxsize=_CLIENTS)
def describe_client(persona: Persona) -> str:
    """Return the system text of a client: the same for the whole episode."""
    lines = load_lines("client_traits", persona.language)
    habits = " / ".join(persona.manner.habits)
    person = fill_prompt(
        "client_person",
        persona.language,
        name=persona.demographics.name or lines["nameless"].template,
        facts="\n".join(_facts(persona)),
        reason=persona.intake.reason,
        form="\n".join(_form(persona)),
        talk=lines[f"talk.{persona.manner.talkative}"].template,
        habits=lines["habits"].substitute(value=habits) if habits else "",
        attitude=lines[f"attitude.{persona.attitude}"].template,
        resistance=lines[f"resistance.{persona.resistance}"].template,
    )
    guide = fill_prompt("client", persona.language)
    return f"{guide}\n\n{person}".replace("\n\n\n", "\n\n")


def _facts(persona: Persona) -> Iterator[str]:
    lines = load_lines("client_traits", persona.language)
    for name, value in persona.demographics.model_dump(exclude={"name"}).items():
        if value:
            yield lines[f"fact.{name}"].substitute(value=value)


def _form(persona: Persona) -> Iterator[str]:
    lines = load_lines("client_traits", persona.language)
    for name, value in persona.intake.model_dump(exclude={"reason"}).items():
        if told := _leave_out_hidden(persona, value):
            yield lines[f"form.{name}"].substitute(value=told)


def _leave_out_hidden(persona: Persona, text: str) -> str:
    """Return the sentences that neither say what is yet to be disclosed nor name a distortion."""
    hidden, labels = tuple(_hidden(persona)), _labels(persona.language)
    return join_sentences(
        tuple(
            part
            for part in split_sentences(text)
            if all(closeness(line, part) < _ALIKE for line in hidden)
            and not any(label in part.lower() for label in labels)
        )
    )


@cache
def _labels(language: Language) -> tuple[str, ...]:
    return tuple(info.name.pick(language).lower() for info in taxonomy().values())


def _hidden(persona: Persona) -> Iterator[str]:
    """Yield the client's thoughts and the case for and against them."""
    profile = persona.profile
    yield from (profile.automatic_thought, profile.rule, profile.core_belief)
    for thought in profile.thoughts:
        yield from (thought.text, thought.balanced)
        yield from (fact.text for fact in (*thought.evidence_for, *thought.evidence_against))
