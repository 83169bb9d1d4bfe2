"""CTRS by a model: the transcript first, then one question an item; quotes are held against it.

What cannot be read from a reply is missing, with the reply in the note; it never counts as 0.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from agents.layout import look_at
from agents.models.reply import Model, Reply
from agents.prompts import fill_prompt
from agents.transcript import Speaker, Transcript
from evaluators.ctrs import FEWEST_EXCHANGES, miss_all
from evaluators.llm.quotes import check_quotes
from evaluators.scale import Item, ItemCount, ctrs_items, load_scale
from evaluators.verdict import Evidence, ItemRating, Verdict
from personas.errors import InputError
from personas.schema import Language

_MOST_QUOTES = 3
_RAW_SIGNS = 500


class Cited(BaseModel):
    """Words the judge quotes, with the number of their message."""

    model_config = ConfigDict(extra="forbid")

    n: int
    quote: str


class ItemReply(BaseModel):
    """One item's rating; evidence and reason come before the number that rests on them."""

    model_config = ConfigDict(extra="forbid")

    quotes: list[Cited] = Field(max_length=_MOST_QUOTES)
    reason: str
    rating: Literal[0, 1, 2, 3, 4, 5, 6] | None


@dataclass(frozen=True)
class Sample:
    """What one reply says of an item: a rating or none, the quotes that were said, and why."""

    rating: int | None
    evidence: tuple[Evidence, ...]
    note: str


@dataclass(frozen=True)
class ModelCtrsJudge:
    """Asks a model for each item, `samples` times with the seeds 0, 1, …; an item's score is their mean.

    `items` is 6 (Cactus' short form) or 11. Raises InputError for less than one sample.
    """

    model: Model
    items: ItemCount = 6
    samples: int = 1

    def __post_init__(self) -> None:
        if self.samples < 1:
            raise InputError(f"a judge needs at least 1 sample, not {self.samples}")

    @property
    def name(self) -> str:
        """Return the name that the verdicts carry: the model's."""
        return self.model.voice

    @property
    def voice(self) -> str:
        """Return the id of the model that rates."""
        return self.model.voice

    async def rate(self, transcript: Transcript, language: Language) -> Verdict:
        """Return ratings of 0 to 6 with up to 3 quotes each; too short a session is not asked about.

        The first question goes alone, so that the endpoint has the transcript in its prefix cache
        when the others come, all at once. What the model raises is raised; the others are called off.
        """
        asked_for = ctrs_items(self.items)
        count = count_exchanges(transcript)
        if count < FEWEST_EXCHANGES:
            return Verdict(self.name, f"ctrs{self.items}", miss_all(asked_for, count, language))
        questions = [(item, seed) for item in asked_for for seed in range(self.samples)]
        first = await self._ask(*questions[0], transcript, language)
        rest = await self._ask_together(questions[1:], transcript, language)
        samples = [read_sample(reply, transcript) for reply in (first, *rest)]
        ratings = (
            pool_samples(item, samples[i * self.samples : (i + 1) * self.samples])
            for i, item in enumerate(asked_for)
        )
        return Verdict(self.name, f"ctrs{self.items}", tuple(ratings))

    async def _ask(
        self, item: Item, seed: int, transcript: Transcript, language: Language
    ) -> Reply:
        messages = look_at(rubric(language), transcript, question(item, language))
        return await self.model.call(messages, role="ctrs", seed=seed, schema=ItemReply)

    async def _ask_together(
        self, questions: list[tuple[Item, int]], transcript: Transcript, language: Language
    ) -> list[Reply]:
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(self._ask(item, seed, transcript, language))
                    for item, seed in questions
                ]
        except ExceptionGroup as faults:
            raise faults.exceptions[0] from None
        return [task.result() for task in tasks]


def count_exchanges(transcript: Transcript) -> int:
    """Return how many counselor messages come after the client's first words."""
    speakers = [turn.speaker for turn in transcript]
    if Speaker.CLIENT not in speakers:
        return 0
    return speakers[speakers.index(Speaker.CLIENT) :].count(Speaker.COUNSELOR)


def rubric(language: Language) -> str:
    """Return the system text: what CTRS is and how to rate; the same for all items and episodes."""
    labels = load_scale("ctrs").labels
    points = (f"{point} {pair[language == 'zh']}" for point, pair in labels.items())
    return fill_prompt("judge_ctrs", language, points=" · ".join(points))


def question(item: Item, language: Language) -> str:
    """Return the question for one item: its name, its anchors, and the reply form."""
    anchors = "\n".join(f"{point}: {text}" for point, text in item.anchors_in(language).items())
    return fill_prompt("judge_ctrs_item", language, name=item.name_in(language), anchors=anchors)


def read_sample(reply: Reply, transcript: Transcript) -> Sample:
    """Return what a reply says; its quotes are kept if they were said."""
    parsed, raw = reply.parsed, reply.text[:_RAW_SIGNS]
    if not isinstance(parsed, ItemReply):
        return Sample(None, (), f"no rating could be read; the reply was: {raw}")
    if parsed.rating is None:
        return Sample(None, (), f"the judge gave none: {parsed.reason} The reply was: {raw}")
    kept, lost = check_quotes(((cited.n, cited.quote) for cited in parsed.quotes), transcript)
    dropped = f" ({lost} quote{'s' * (lost > 1)} not found)" if lost else ""
    return Sample(parsed.rating, kept, f"{parsed.reason}{dropped}")


def pool_samples(item: Item, samples: list[Sample]) -> ItemRating:
    """Return the mean of the samples that rated, with up to 3 quotes; the note lists the samples."""
    rated = [sample.rating for sample in samples if sample.rating is not None]
    score = fmean(rated) if rated else None
    quotes = dict.fromkeys(piece for sample in samples for piece in sample.evidence)
    notes = [sample.note for sample in samples]
    if len(samples) > 1:
        notes = [f"{'missing' if s.rating is None else s.rating}: {s.note}" for s in samples]
    return ItemRating(item.id, score, tuple(quotes)[:_MOST_QUOTES], " | ".join(notes))
