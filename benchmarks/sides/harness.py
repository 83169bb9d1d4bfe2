"""The way of the published Cactus harness: a pool of processes, a sync client, a prompt per turn.

Each session makes its agents anew, each with a LangChain client and a template of its own; at every
turn the whole history is written into the template, and the prompt is sent as one message. Its
script runs 50 processes; they are forked, so that importing is not counted here either.
"""

from __future__ import annotations

import json
import multiprocessing
import tempfile
from pathlib import Path

from langchain_core.prompts import PromptTemplate
from langchain_openai import ChatOpenAI

from benchmarks.sides.measured import (
    GREETING,
    MESSAGES,
    NOTE,
    QUESTIONS,
    Cost,
    choose_people,
    measure,
    write_client,
    write_counselor,
)
from evaluators.llm.judge import rubric
from evaluators.scale import load_scale
from personas.schema import Persona

PROCESSES = 50
TEMPLATE = "{system}\n\nThe conversation so far:\n{history}\n\n{note}\n{speaker}:"


class Agent:
    """Someone with a prompt and a client."""

    def __init__(self, url: str, system: str, speaker: str, note: str = "") -> None:
        self._llm = ChatOpenAI(model="instant", base_url=url, api_key="none", seed=1)
        self._template = PromptTemplate.from_template(TEMPLATE)
        self._system, self._speaker, self._note = system, speaker, note

    def speak(self, history: list[dict[str, str]], note: str = "") -> str:
        """Return the next message."""
        said = "\n".join(f"{turn['role'].capitalize()}: {turn['message']}" for turn in history)
        prompt = self._template.format(
            system=self._system, history=said, note=note or self._note, speaker=self._speaker
        )
        return str(self._llm.invoke(prompt).content).strip()


def play_session(job: tuple[str, Persona, Path]) -> Cost:
    """Play one session and write it to a file of its own."""
    url, persona, path = job
    with measure() as cost:
        counselor = Agent(url, write_counselor(persona), "Counselor")
        client = Agent(url, write_client(persona), "Client", NOTE)
        judge = Agent(url, rubric(load_scale("ctrs6"), "en"), "Rating")
        history = [
            {"role": "counselor", "message": GREETING},
            {"role": "client", "message": persona.opening},
        ]
        for turn in range(MESSAGES):
            history.append({"role": "counselor", "message": counselor.speak(history)})
            if turn < MESSAGES - 1:
                history.append({"role": "client", "message": client.speak(history)})
        ratings = [judge.speak(history, question) for question in QUESTIONS]
        path.write_text(json.dumps({"history": history, "ratings": ratings}))
    return cost


def play_harness(url: str, episodes: int, _: int) -> Cost:
    """Play that many episodes in a pool of processes; the CPU is that of the sessions alone."""
    with tempfile.TemporaryDirectory() as folder:
        people = enumerate(choose_people(episodes))
        jobs = [(url, persona, Path(folder) / f"{n}.json") for n, persona in people]
        with multiprocessing.get_context("fork").Pool(min(PROCESSES, episodes)) as pool:
            costs = pool.map(play_session, jobs, chunksize=1)
    return Cost(sum(cost.cpu_s for cost in costs), sum(cost.wall_s for cost in costs))
