"""A model writes two sections of a persona's form anew: the presenting problem and the history.

Everything the session rests on (situation, thoughts, evidence, disclosures, demographics, the
reason a counselor is told) stays as it was; a text that brings new numbers is not taken.
"""

from __future__ import annotations

import json
import re

from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import BaseModel, ConfigDict

from agents.llm.seeds import derive_seed
from agents.models.reply import Model
from agents.prompts import fill_prompt
from personas.schema import Persona

ROLE = "enrichment"
LONGEST = 800  # characters of a section
_NUMBER = re.compile(r"\d+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]{2,}")


class Prose(BaseModel):
    """The two sections, written anew."""

    model_config = ConfigDict(extra="forbid")
    problem: str
    history: str


class Enricher:
    """Enriches personas by a model. `voice` is the model's id."""

    def __init__(self, model: Model) -> None:
        self.voice = model.voice
        self._model = model

    async def enrich(self, persona: Persona) -> tuple[Persona, str]:
        """Return the persona with its prose written anew and "", or as it was and the reason.

        Raises CallFault if the call failed, PermanentFault if none can succeed.
        """
        form = _show(persona)
        reply = await self._model.call(
            [SystemMessage(fill_prompt("enrich", persona.language)), HumanMessage(form)],
            role=ROLE,
            seed=derive_seed(0, f"{ROLE}/{persona.id}", 0),
            schema=Prose,
        )
        if not isinstance(reply.parsed, Prose):
            return persona, "the reply could not be read"
        flaw = _find_flaw(reply.parsed, form, persona)
        return (persona, flaw) if flaw else (_take(persona, reply.parsed), "")


def _show(persona: Persona) -> str:
    """Return what the model may build on: the form, without thoughts and without what is hidden."""
    asked = {
        "demographics": persona.demographics.model_dump(exclude={"name"}),
        "intake": persona.intake.model_dump(),
    }
    return json.dumps(asked, ensure_ascii=False)


def _find_flaw(prose: Prose, form: str, persona: Persona) -> str:
    """Return why a text cannot be taken, or nothing."""
    text = f"{prose.problem} {prose.history}"
    if not (prose.problem.strip() and prose.history.strip()):
        return "a section is empty"
    if max(len(prose.problem), len(prose.history)) > LONGEST:
        return f"a section is longer than {LONGEST} characters"
    if set(_NUMBER.findall(text)) - set(_NUMBER.findall(form)):
        return "the text brings a number that the form does not have"
    foreign = _CHINESE if persona.language == "en" else _LATIN
    return "the text is in another language" if foreign.search(text) else ""


def _take(persona: Persona, prose: Prose) -> Persona:
    sections = {"problem": prose.problem.strip(), "history": prose.history.strip()}
    intake = persona.intake.model_copy(update=sections)
    return persona.model_copy(update={"intake": intake})
