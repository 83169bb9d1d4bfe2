"""What playing took, and what all sides have in common: people, prompts, questions, the clock."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice

from agents.llm.client.person import describe_client
from agents.llm.counselors.intake import describe_intake
from agents.llm.counselors.speech import join_parts
from agents.prompts import fill_prompt
from personas.builtin import load_builtin
from personas.schema import Persona, Risk

PEOPLE = 8
MESSAGES = 20  # of the counselor; the client answers all but the last
GREETING = "Hello, come in. What brings you here today?"
NOTE = (
    "(Not from the counselor. You are wary of this counselor. It weighs on you. Tell what happened, "
    "in your own words, and keep to what you have said so far. You are in no hurry to agree.)"
)
QUESTIONS = (
    "Rate the counselor's general skills from 0 to 6, with a quote and a sentence of reason.",
    "Rate the counselor's strategy for change from 0 to 6, with a quote and a sentence of reason.",
)


@dataclass
class Cost:
    """CPU and wall seconds of playing."""

    cpu_s: float = 0.0
    wall_s: float = 0.0


@contextmanager
def measure() -> Iterator[Cost]:
    """Measure this process while the block runs."""
    cost = Cost()
    cpu, wall = time.process_time(), time.perf_counter()
    yield cost
    cost.cpu_s, cost.wall_s = time.process_time() - cpu, time.perf_counter() - wall


@cache
def load_people() -> tuple[Persona, ...]:
    """The first built-in personas; those at risk, whose sessions end early, left out."""
    return tuple(persona for persona in load_builtin("en") if persona.risk is Risk.NONE)[:PEOPLE]


def choose_people(episodes: int) -> list[Persona]:
    """These personas over and over."""
    return list(islice(cycle(load_people()), episodes))


@cache
def write_counselor(persona: Persona) -> str:
    """The counselor's system text, the same on all sides."""
    intake = describe_intake(persona.public(), "en")
    return join_parts(fill_prompt("plain", "en"), fill_prompt("ending", "en"), intake)


@cache
def write_client(persona: Persona) -> str:
    """The client's system text, the same on all sides."""
    return describe_client(persona)


def allow_files() -> None:
    """Allow as many open connections as the machine does."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
