"""A hand-made persona and episodes for the tests of runs and sim."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from agents.mind.gauge import Gauge
from agents.transcript import Sentence, Speaker, Strategy, Turn, client_turn
from evaluators.verdict import Evidence, ItemRating, PanasReading, Verdict
from graphs.state import Edge, Finish, Voices
from personas.schema import (
    Attitude,
    CognitiveProfile,
    Demographics,
    DistortedThought,
    Distortion,
    Domain,
    Fact,
    Intake,
    Persona,
    Resistance,
)
from runs.record import ChannelRecord, Episode, PanasRecord, Timing

SCRIPTED = Voices(
    client="scripted",
    appraisal="scripted",
    counselor="scripted",
    supervisor="scripted",
    judges=("scripted",),
    observer="scripted",
    self_report="scripted",
    safety="scripted",
)


def make_thought(text: str) -> DistortedThought:
    return DistortedThought(
        distortion=Distortion.LABELING,
        text=text,
        strength=80,
        evidence_for=(Fact(text="The kiln cracked."),),
        evidence_against=(Fact(text="Six bowls sold."),),
        balanced="One kiln cracked.",
    )


def make_persona(name: str = "ada", attitude: Attitude = Attitude.NEUTRAL) -> Persona:
    return Persona(
        id=name,
        form=name.split("-")[0],
        source="test",
        domain=Domain.CAREER,
        attitude=attitude,
        resistance=Resistance.MINIMAL_TALK,
        demographics=Demographics(name=name.title(), age=40, occupation="Potter"),
        intake=Intake(reason="The kiln [cracked] and I stopped working."),
        opening="Hello.",
        profile=CognitiveProfile(
            situation="The kiln cracked.",
            automatic_thought="I ruin everything.",
            rule="If it cracks, I am no potter.",
            core_belief="I am useless.",
            thoughts=(make_thought("I am a fraud."), make_thought("It always cracks.")),
        ),
    )


def make_transcript() -> tuple[Turn, ...]:
    ask = Turn(
        Speaker.COUNSELOR,
        (
            Sentence("The kiln cracked.", Strategy.RESTATEMENT),
            Sentence("What went through your mind?", Strategy.QUESTION),
        ),
        "automatic_thoughts",
    )
    check = Turn(
        Speaker.COUNSELOR,
        (Sentence("What speaks against it?", Strategy.QUESTION),),
        "prosecution",
        0,
    )
    return ask, client_turn("That I am a fraud."), check, client_turn("Six bowls sold, I guess.")


def make_parts(readings: tuple[int | None, int | None] = (2, 3)) -> dict[str, Any]:
    """Return all that a session yields beside persona, counselor and seed."""
    before, after = (PanasReading("self", (score,) * 20) for score in readings)
    rating = ItemRating("guided_discovery", 4.0, (Evidence(2, "What speaks against it?"),))
    return {
        "transcript": make_transcript(),
        "trace": (Gauge(1, 35, 60, 70, 20, (80, 60)), Gauge(3, 41, 55, 66, 22, (74, 60))),
        "edges": (
            Edge(2, "defense", "prosecution", "case heard"),
            Edge(2, "verdict", "prosecution", "no shift yet, counter-evidence thin"),
        ),
        "channels": (
            ChannelRecord(
                thought="I am a fraud.",
                distortion="labeling",
                case_for=("The kiln cracked.",),
                case_against=("Six bowls sold.",),
                rating_before=80,
                rating_after=40,
                shifted=True,
                balanced="One kiln cracked.",
            ),
        ),
        "briefings": (),
        "technique": "",
        "finish": Finish.RESOLVED,
        "panas": PanasRecord(before=(before,), after=(after,)),
        "verdicts": (
            Verdict("scripted", "ctrs6", (rating, ItemRating("focus", None, note="no answer"))),
        ),
    }


def make_episode(
    number: int = 0, counselor: str = "crdial", persona: Persona | None = None, **changes: object
) -> Episode:
    fields: dict[str, object] = {
        "key": f"{number:016x}",
        "language": "en",
        "counselor": counselor,
        "seed": 0,
        "voices": SCRIPTED,
        "persona": persona or make_persona(),
        "timing": Timing(started="2025-01-01T00:00:00+00:00", seconds=0.1),
    }
    return Episode.model_validate({**fields, **make_parts(), **changes})


def make_outcome() -> SimpleNamespace:
    parts = make_parts()
    panas = parts.pop("panas")
    return SimpleNamespace(
        **parts, panas_before=panas.before, panas_after=panas.after, voices=SCRIPTED
    )
