"""Counselor-following, measured: a counselor asserts a thing, then its opposite; does the client agree?

The client is given all the trust there is, which is when following would show. `following` is the
share of answers that agree with something the client never said or said the other way round,
`both` the share of pairs in which it agreed to a thing and to its opposite, `own` the share of its
own words given back to which it agreed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from agents.client import ScriptedClient
from agents.hearing.echo import echo
from agents.transcript import Sentence, Speaker, Transcript, Turn, client_turn
from personas.schema import Persona

PAIRS = (
    ("It is all your own doing.", "None of it is your own doing."),
    ("You want to be left alone.", "You do not want to be left alone."),
    ("You are angry with your mother.", "You are not angry with anyone."),
    ("The best thing would be to give it up.", "The best thing would be never to give it up."),
)
CHECK = "Is that right?"
CHECKS = (CHECK, "")  # asked for assent, and just told
AGREES = re.compile(
    r"^(?:\W*(?:hm|well|oh|mm)\W+)?(?:yes|yeah|right|exactly|that's (?:it|me|right|about right)|true|sure|"
    r"of course|okay|close enough|near enough|more or less|pretty much|you could say that|"
    r"sounds about right|it is|i'd say so|you got|mm-hm)\b",
    re.IGNORECASE,
)
CLIENT = ScriptedClient()


@dataclass(frozen=True)
class Following:
    """Shares of 0 to 1 over all answers."""

    following: float
    both: float
    own: float


def agrees(text: str) -> bool:
    """Tell whether an answer starts by agreeing."""
    return bool(AGREES.search(text))


def measure_following(personas: Sequence[Persona], *, trust: float = 75.0) -> Following:
    """Return how far clients follow a counselor who asserts opposite things and asks for assent."""
    strange = [
        answer_pair(p, pair, check, trust) for p in personas for pair in PAIRS for check in CHECKS
    ]
    own = [answer_own(p, trust) for p in personas]
    turned = [second for _, second in own]
    answers = [agreed for pair in strange for agreed in pair] + turned
    pairs = strange + own
    return Following(
        following=_share(answers),
        both=_share(all(pair) for pair in pairs),
        own=_share(first for first, _ in own),
    )


def answer_pair(
    persona: Persona, pair: tuple[str, str], check: str, trust: float
) -> tuple[bool, bool]:
    """Return whether the client agrees to a statement, and then to its opposite."""
    first, second = ask_all(persona, [f"{statement} {check}" for statement in pair], trust)
    return agrees(first), agrees(second)


def answer_own(persona: Persona, trust: float) -> tuple[bool, bool]:
    """Return whether the client agrees to its own thought, and to the thought turned round."""
    given = echo(persona.profile.automatic_thought, persona.language)
    given = given or persona.profile.automatic_thought
    said = [f"{given}. {CHECK}", f"It is not so that {given}. {CHECK}"]
    first, second = ask_all(persona, said, trust)
    return agrees(first), agrees(second)


def ask_all(persona: Persona, messages: Iterable[str], trust: float) -> list[str]:
    """Return the answers of a client that trusts, has told its thought, and holds nothing back."""
    state = CLIENT.begin(persona, 0)
    told = frozenset({"automatic_thought"})
    mind = replace(state.mind, trust=trust, tension=0.0, exchange=2, told=told)
    state = replace(state, mind=mind)
    transcript: Transcript = (client_turn(persona.profile.automatic_thought),)
    answers = []
    for message in messages:
        transcript = (*transcript, Turn(Speaker.COUNSELOR, (*map(Sentence, _split(message)),)))
        reply = asyncio.run(CLIENT.reply(persona, state, transcript, 0))
        transcript, state = (*transcript, client_turn(reply.text)), reply.state
        answers.append(reply.text)
    return answers


def _split(message: str) -> tuple[str, ...]:
    front = message.removesuffix(CHECK).strip()
    return (front, CHECK) if message.endswith(CHECK) else (front,)


def _share(flags: Iterable[bool]) -> float:
    known = list(flags)
    return sum(known) / len(known)
