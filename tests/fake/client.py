"""The client: says what the note hands over, in the scripted client's small words."""

from __future__ import annotations

import random
import re
from functools import lru_cache

from agents.hearing.echo import lower_start
from agents.phrasebook import choose_phrase, load_phrases
from agents.text import words
from personas.schema import Language
from tests.fake.reading import compile_prompt, load_lines
from tests.fake.request import ChatRequest

_NOTE = re.compile(r"<note>\n(.*?)\n?</note>", re.DOTALL)
_QUOTED = re.compile(r"“(.*?)”")
_TRIES = 30
_REACTS = 0.5
_KEYS = {
    "tell.automatic_thought": "thought.frames",
    "tell.thought": "thought.frames",
    "tell.rule": "rule.frames",
    "tell.core_belief": "core.frames",
    "tell.hope": "own.hope",
    "tell.coping": "own.coping",
    "choose.told": "choose.frames",
    "balance": "balance.frames",
    "dry": "dry.lines",
}
"""The phrases for a line of the note, where they are not called as it is."""


def answer_client(request: ChatRequest, language: Language) -> str:
    """A message that was not said before; without a note, or phrases, what is quoted or an opener."""
    found = _NOTE.search(request.talk[-1]["content"])
    lines = [read_line(line, language) for line in found[1].splitlines()] if found else []
    said = {_normal(m["content"]) for m in request.talk if m["role"] == "assistant"}
    rng = random.Random(request.hash)
    text = ""
    for _ in range(_TRIES):
        text = _compose(lines, language, rng)
        if _normal(text) not in said:
            return text
    bank = load_phrases("client", language)
    openers = (f"{opener} {text}" for opener in (*bank["lead.guard"], *bank["lead.think"]))
    return next((new for new in openers if _normal(new) not in said), text)


@lru_cache(maxsize=20_000)
def read_line(line: str, language: Language) -> tuple[str, str]:
    """The name of a line of the note, and the line; the name is empty if it is unknown."""
    for name, template in load_lines("client_notes", language).items():
        if compile_prompt(template).fullmatch(line):
            return name, line
    return "", line


def _compose(lines: list[tuple[str, str]], language: Language, rng: random.Random) -> str:
    lead = body = doing = ""
    for name, line in lines:
        kind, _, rest = name.partition(".")
        if kind == "heard" and rng.random() < _REACTS:
            lead = _pick(f"lead.react.{rest}", language, rng)
        elif kind == "hold":
            body = _pick(f"hold_back.{rest}", language, rng)
        elif kind == "gated" and rng.random() < _REACTS:
            body = _pick("hold_back.gated", language, rng)
        elif name == "imagine.fact":
            body = _say(f"{doing}_fact", line, language, rng)
        elif kind not in _MOODS:
            body, doing = _say(name, line, language, rng), name
    body = body or _pick("dry.lines", language, rng)
    leaves = any(name.startswith(("leave", "fade", "risk")) for name, _ in lines)
    return body if leaves or not lead else f"{lead} {body}"


_MOODS = ("trust", "tension", "mood", "heard", "gated", "again", "")


def _say(name: str, line: str, language: Language, rng: random.Random) -> str:
    """The words for what this turn does."""
    given = _QUOTED.findall(line)
    key = _KEYS.get(name, name)
    slots: dict[str, str] = {}
    if name.startswith("rate"):
        template = load_lines("client_notes", language)[name]
        found = compile_prompt(template).fullmatch(line)
        number = found["number"] if found else "fifty"
        slots = {"n": number, "N": number.capitalize()}
    if name == "surface.elsewhere" and len(given) > 1:
        slots["S"] = given.pop(0)
    if given:
        first = given[0]
        slots |= {"F": first, "f": lower_start(first)}
        soft = lower_start(first) != first or first.startswith(("I ", "I'"))
        if key not in load_phrases("client", language) or not soft:
            return " ".join([*([slots["S"]] if "S" in slots else []), *given])
    return " ".join([_pick(key, language, rng, **slots), *given[1:]])


def _pick(key: str, language: Language, rng: random.Random, **slots: str) -> str:
    return choose_phrase(load_phrases("client", language), key, rng, (), slots).text


def _normal(text: str) -> str:
    return " ".join(words(text))
