"""The note at the end of a client's request: how it feels now, and what it does in this turn.

The mind has decided; the note puts the decision into everyday words and hands over the lines of the
persona that may be said now, between “ and ”. No number stands in it but a rating to be said.
"""

from __future__ import annotations

from collections.abc import Iterator

from agents.hearing.discourse import Ask
from agents.llm.lines import load_lines
from agents.mind.intent import Act
from agents.mind.ledger import line_of, own_situation
from agents.mind.state import Mind
from agents.text import join_sentences
from agents.voice import (
    REACTIONS,
    Speech,
    lean,
    number_words,
    plan_reason,
    rating_trend,
)
from personas.schema import Topic

_NO_LINES = ("risk", "outcome.")  # ledger entries that are not lines of the persona
_PLAIN = {
    Act.STUCK: "stuck.{reason}",
    Act.FEEDBACK: "feedback.{reason}",
    Act.FADE: "fade.{attitude}",
    Act.LEAVE: "leave.{reason}",
    Act.HOLD_BACK: "hold.{pattern}",
    Act.BALANCE: "balance",
    Act.DRY: "dry",
    Act.IMAGINE: "imagine.{reason}",
}


def write_note(speech: Speech, again: str = "") -> str:
    """Return the note; `again` names what was wrong with the last try (`repeat`, `untold`, …)."""
    lines = load_lines("client_notes", speech.persona.language)
    names = [*_feelings(speech.mind), *_landing(speech), *_doing(speech)]
    names += [f"again.{again}"] if again else []
    slots = _slots(speech)
    return "\n".join(("<note>", *(lines[name].substitute(slots) for name in names), "</note>"))


def lines_to_tell(speech: Speech) -> tuple[str, ...]:
    """Return the persona's own lines that this turn discloses."""
    told = tuple(
        line_of(speech.persona, entry)
        for entry in speech.intent.told
        if not entry.startswith(_NO_LINES)
    )
    if told or speech.intent.act is not Act.RISK or not speech.intent.told:
        return told
    return (load_lines("client_notes", speech.persona.language)["risk.words"].template,)


def mend_number(speech: Speech, text: str) -> str:
    """Return the words with the rating put plainly at their end."""
    lines = load_lines("client_notes", speech.persona.language)
    number = _slots(speech)["number"].capitalize()
    return join_sentences((text, lines["mend.number"].substitute(number=number)))


def _slots(speech: Speech) -> dict[str, str]:
    language, told = speech.persona.language, speech.intent.told
    glue = "" if language == "zh" else " "
    return {
        "facts": glue.join(f"“{line}”" for line in lines_to_tell(speech)),
        "number": number_words(speech.intent.rating or 0, language),
        "situation": own_situation(speech.persona, told[0]) if told else "",
    }


def _feelings(mind: Mind) -> Iterator[str]:
    """Yield the names of what is felt now: trust always, tension and mood where they show."""
    bands = ((25, "none"), (42, "wary"), (58, "warming"), (101, "firm"))
    yield "trust." + next(name for bound, name in bands if mind.trust < bound)
    if mind.tension >= 30:
        yield "tension.cross" if mind.tension >= 50 else "tension.edge"
    if mind.distress >= 60:
        yield "mood.heavy"
    elif mind.hope >= 48:
        yield "mood.easing"


def _landing(speech: Speech) -> Iterator[str]:
    """Yield how the counselor's message landed, where it landed badly."""
    if speech.intent.act in {Act.RISK, Act.FADE}:
        return
    move = next((move for move in REACTIONS if move in speech.heard.moves), None)
    if move:
        yield f"heard.{move}"


def _doing(speech: Speech) -> Iterator[str]:
    """Yield the names of what this turn does."""
    persona, intent = speech.persona, speech.intent
    if intent.act in _PLAIN:
        yield _PLAIN[intent.act].format(
            reason=intent.reason, attitude=persona.attitude, pattern=persona.resistance
        )
    match intent.act:
        case Act.TELL:
            yield _telling(speech)
        case Act.RATE:
            yield f"rate.{rating_trend(speech)}"
        case Act.CHOOSE:
            yield "choose.told" if intent.told else f"choose.{intent.reason}"
        case Act.SURFACE:
            elsewhere = own_situation(persona, intent.told[0])
            yield "surface.elsewhere" if elsewhere else "surface.same"
        case Act.PLAN | Act.DECLINE:
            yield f"plan.{plan_reason(speech)}"
        case Act.RISK:
            yield "risk.told" if intent.told else "risk.after"
        case Act.HOLD_BACK if intent.reason == "gated":
            yield "gated"
        case Act.IMAGINE | Act.STUCK if lines_to_tell(speech):
            yield f"{intent.act}.fact"


def _telling(speech: Speech) -> str:
    """Return how the first line is told; a second one goes along."""
    kind, _, index = speech.intent.told[0].partition(".")
    if kind == "against":
        return f"tell.against.{lean(speech.persona.attitude, speech.mind)}"
    if kind == "disclosure" and speech.intent.ask is Ask.PLAN:
        hope = speech.persona.profile.disclosures[int(index)].topic is Topic.HOPE
        return "tell.hope" if hope else "tell.coping"
    return f"tell.{kind}"
