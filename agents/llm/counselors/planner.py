"""The planner of the LLM Cactus counselor (arXiv 2407.03103): technique and plan, made and revised.

It reads the session from outside. Its first plan comes from the public intake and the client's
first words; it looks again at every third exchange and whenever the client visibly resists.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from pydantic import BaseModel, ConfigDict

from agents.counselors.base import CounselorView
from agents.counselors.formulation import Formulation
from agents.hearing.reading import read_client
from agents.llm.counselors.intake import describe_intake
from agents.llm.counselors.speech import TIME_TO_CLOSE, seed_of
from agents.llm.lines import load_lines
from agents.models.reply import Model
from agents.prompts import fill_prompt, load_prompt
from agents.prompts.layout import look_at
from personas.errors import InputError
from personas.schema import Language

LONGEST_STEP = 40
_FEWEST, _MOST = 3, 8
_REVIEW_EVERY = 3
_NUMBERING = re.compile(r"^(?:\d+\s*[.)、:：]|[-*•])\s*")
_DEFAULT = "evidence_based_questioning"

Technique = Literal[
    "efficiency_evaluation",
    "pie_chart",
    "alternative_perspective",
    "decatastrophizing",
    "pros_and_cons",
    "evidence_based_questioning",
    "reality_testing",
    "continuum",
    "changing_rules_to_wishes",
    "behavior_experiment",
    "problem_solving",
    "systematic_exposure",
]


class FirstPlan(BaseModel):
    """A technique and three to eight short step names."""

    model_config = ConfigDict(extra="forbid")

    technique: Technique
    plan: list[str]


class PlanReview(BaseModel):
    """Whether the plan stands, the step to work on next (from 1), and the plan that then holds."""

    model_config = ConfigDict(extra="forbid")

    keep: bool
    step: int
    technique: Technique
    plan: list[str]


async def make_plan(model: Model, view: CounselorView, language: Language) -> Formulation:
    """Return the picture with a technique and a plan; the default plan if the reply holds none."""
    question = fill_prompt("planner_first", language)
    parsed = await _ask(model, view, language, question, FirstPlan)
    steps = _tidy(parsed.plan) if isinstance(parsed, FirstPlan) else ()
    if isinstance(parsed, FirstPlan) and steps:
        return replace(view.formulation, technique=parsed.technique, plan=steps, step=0)
    steps = tuple(load_prompt("cactus_default_plan", language).substitute().splitlines())
    return replace(view.formulation, technique=_DEFAULT, plan=steps, step=0)


async def review_plan(model: Model, view: CounselorView, language: Language) -> Formulation:
    """Return the picture a step on, or revised; unchanged if nothing calls for a look or a reply fails."""
    picture = view.formulation
    due = view.exchange % _REVIEW_EVERY == 1 or _resists(view)
    if not due or view.exchange >= TIME_TO_CLOSE:
        return picture
    question = fill_prompt(
        "planner_again",
        language,
        technique=picture.technique,
        steps=number_steps(picture.plan),
        step=str(picture.step + 1),
    )
    parsed = await _ask(model, view, language, question, PlanReview)
    return _apply(picture, parsed) if isinstance(parsed, PlanReview) else picture


def _apply(picture: Formulation, review: PlanReview) -> Formulation:
    steps = _tidy(review.plan)
    changed = (review.technique, steps) != (picture.technique, picture.plan)
    if not review.keep and steps and changed:
        picture = replace(
            picture, technique=review.technique, plan=steps, revisions=picture.revisions + 1
        )
    return replace(picture, step=min(max(review.step - 1, 0), len(picture.plan) - 1))


def number_steps(plan: tuple[str, ...]) -> str:
    """Return the steps of a plan on one line, numbered from 1."""
    return " ".join(f"{number}) {step}" for number, step in enumerate(plan, start=1))


def _tidy(plan: list[str]) -> tuple[str, ...]:
    """The steps as short names, at most eight; none if there are fewer than three."""
    steps = [short for step in plan if (short := _shorten(step))][:_MOST]
    return tuple(steps) if len(steps) >= _FEWEST else ()


def _shorten(step: str) -> str:
    bare = _NUMBERING.sub("", " ".join(step.split()))
    if len(bare) <= LONGEST_STEP:
        return bare
    cut = bare[: LONGEST_STEP + 1]
    return (cut.rpartition(" ")[0] or cut[:LONGEST_STEP]).rstrip(",;:， ")


def _resists(view: CounselorView) -> bool:
    """Whether the last message is a refusal or an attack, where the language has a lexicon."""
    try:
        return read_client(view.said, view.language).resisting
    except InputError:
        return False


async def _ask(
    model: Model, view: CounselorView, language: Language, question: str, schema: type[BaseModel]
) -> BaseModel | None:
    known = load_lines("cactus_techniques", language)
    system = fill_prompt(
        "planner",
        language,
        techniques="\n".join(f"{name}: {text.template}" for name, text in known.items()),
        intake=describe_intake(view.intake, language),
    )
    messages = look_at(system, view.transcript, question)
    seed = seed_of(view, "planner")
    return (await model.call(messages, role="planner", seed=seed, schema=schema)).parsed
