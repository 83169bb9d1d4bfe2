"""Any scale by a model: the transcript first, then one question an item; quotes are held against it.

What cannot be read from a reply is missing, with the reply in the note; it never counts as 0.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from agents.models.reply import Model
from agents.prompts import fill_prompt
from agents.prompts.layout import look_at
from agents.transcript import Speaker, Transcript
from evaluators.flow import walk_flow
from evaluators.llm.answers import Form, Sample, flow_form, pool_samples, rating_form, read_sample
from evaluators.scale import Item, Scale
from evaluators.verdict import ItemRating, Verdict
from personas.errors import InputError
from personas.schema import Language


@dataclass(frozen=True)
class ModelJudge:
    """Asks a model about each item of a scale, `samples` times with the seeds 0, 1, …

    Where the endpoint tells log-probabilities, one call an item does: its rating is the expectation.
    Raises InputError for less than one sample, and for a scale that cannot be asked item by item.
    """

    model: Model
    scale: Scale
    samples: int = 1

    def __post_init__(self) -> None:
        if self.samples < 1:
            raise InputError(f"a judge needs at least 1 sample, not {self.samples}")
        if self.scale.kind == "affect":
            todo = "PANAS is read in every run; judge on another scale"
            raise InputError(f"{self.scale.id} is not judged item by item", todo=todo)

    @property
    def name(self) -> str:
        """Return the name that the verdicts carry: the model's."""
        return self.model.voice

    @property
    def voice(self) -> str:
        """Return the id of the model that rates."""
        return self.model.voice

    async def rate(self, transcript: Transcript, language: Language) -> Verdict:
        """Return the ratings with up to 3 quotes each; too short a session is not asked about.

        What the model raises is raised; the other questions are then called off. Raises InputError
        where the scale has no words in the language.
        """
        if not self.scale.speaks(language):
            todo = "give name_zh, question_zh and anchors_zh"
            raise InputError(f"the scale {self.scale.id} has no words in {language}", todo=todo)
        asking = _Asking(self, transcript, language)
        count = count_exchanges(transcript)
        if count < self.scale.fewest:
            ratings = miss_all(self.scale, count, language)
        elif self.scale.kind == "flow":
            ratings = await walk_flow(self.scale, asking.answer)
        else:
            ratings = await asking.rate_items()
        return Verdict(self.name, self.scale.id, ratings, self.scale.kind)


@dataclass(frozen=True)
class _Asking:
    """One session being asked about."""

    judge: ModelJudge
    transcript: Transcript
    language: Language

    async def rate_items(self) -> tuple[ItemRating, ...]:
        """Ask about every item: the first question alone, so that the endpoint has the transcript in
        its prefix cache when the others come, all at once."""
        items = self.judge.scale.items
        first = await self._ask(items[0], 0)
        samples = 1 if first.distribution else self.judge.samples
        questions = [(item, seed) for item in items for seed in range(samples)]
        found = [first, *await self._ask_together(questions[1:])]
        return tuple(
            pool_samples(item.id, found[place * samples : (place + 1) * samples])
            for place, item in enumerate(items)
        )

    async def answer(self, item: Item) -> ItemRating:
        """Ask one question of a flow."""
        first = await self._ask(item, 0)
        more = [] if first.distribution else [(item, n) for n in range(1, self.judge.samples)]
        return pool_samples(item.id, [first, *await self._ask_together(more)])

    async def _ask(self, item: Item, seed: int) -> Sample:
        scale = self.judge.scale
        form = find_form(scale)
        messages = look_at(
            rubric(scale, self.language), self.transcript, question(scale, item, self.language)
        )
        reply = await self.judge.model.call(
            messages, role=scale.base, seed=seed, schema=form.schema
        )
        return read_sample(reply, form, self.transcript)

    async def _ask_together(self, questions: list[tuple[Item, int]]) -> list[Sample]:
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._ask(item, seed)) for item, seed in questions]
        except ExceptionGroup as faults:
            raise faults.exceptions[0] from None
        return [task.result() for task in tasks]


def find_form(scale: Scale) -> Form:
    """Return the form in which a scale's questions are answered."""
    return flow_form() if scale.kind == "flow" else rating_form(scale.minimum, scale.maximum)


def count_exchanges(transcript: Transcript) -> int:
    """Return how many counselor messages come after the client's first words."""
    speakers = [turn.speaker for turn in transcript]
    if Speaker.CLIENT not in speakers:
        return 0
    return speakers[speakers.index(Speaker.CLIENT) :].count(Speaker.COUNSELOR)


def miss_all(scale: Scale, exchanges: int, language: Language) -> tuple[ItemRating, ...]:
    """Return missing ratings for a session of too few counselor messages."""
    why = (
        f"咨询师只说了 {exchanges} 次，至少要 {scale.fewest} 次才能评"
        if language == "zh"
        else f"only {exchanges} counselor messages; at least {scale.fewest} are needed"
    )
    return tuple(ItemRating(item.id, None, note=why) for item in scale.items)


def rubric(scale: Scale, language: Language) -> str:
    """Return the system text: what the scale is and how to rate; the same for all its items."""
    zh = language == "zh"
    slots = {
        "name": scale.name_in(language),
        "about": scale.about_zh if zh else scale.about,
        "guide": (scale.guide_zh if zh else scale.guide) or "–",
    }
    if scale.kind == "flow":
        return fill_prompt("judge_flow", language, **slots)
    labels = (f"{point} {pair[zh]}" for point, pair in scale.labels.items())
    points = " · ".join(labels) or f"{scale.minimum} … {scale.maximum}"
    return fill_prompt("judge_scale", language, points=points, **slots, **_name_range(scale))


def question(scale: Scale, item: Item, language: Language) -> str:
    """Return the question for one item: its name, its words, and the reply form."""
    name, asked = item.name_in(language), item.question_in(language)
    if scale.kind == "flow":
        return fill_prompt("judge_flow_item", language, name=name, words=asked)
    anchors = (f"{point}: {text}" for point, text in item.anchors_in(language).items())
    words = "\n".join((*([asked] if asked else []), *anchors))
    return fill_prompt("judge_scale_item", language, name=name, words=words, **_name_range(scale))


def _name_range(scale: Scale) -> dict[str, str]:
    return {"low": str(scale.minimum), "high": str(scale.maximum)}
