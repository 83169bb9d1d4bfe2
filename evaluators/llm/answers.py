"""What a model answers about an item: the schema of the reply, reading it, and pooling several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from agents.models.reply import Reply, Weighed
from agents.transcript import Transcript
from evaluators.llm.quotes import check_quotes
from evaluators.verdict import Evidence, ItemRating

_MOST_QUOTES = 3
_RAW_SIGNS = 500
_FEWEST_MASS = 0.5  # of the likelihood must lie on the scale's points, or they tell nothing


class Cited(BaseModel):
    """Words the judge quotes, with the number of their message."""

    model_config = ConfigDict(extra="forbid")

    n: int
    quote: str


class Grounded(Weighed):
    """An answer about one item; evidence and reason come before the answer that rests on them."""

    model_config = ConfigDict(extra="forbid")

    quotes: list[Cited] = Field(max_length=_MOST_QUOTES)
    reason: str


class FlowReply(Grounded):
    """The answer to a yes/no question."""

    answer_field: ClassVar[str] = "answer"

    answer: Literal["yes", "no"] | None


class _RatingReply(Grounded):
    answer_field: ClassVar[str] = "rating"


@dataclass(frozen=True)
class Form:
    """A reply's schema and the score of each answer, by the answer as it stands in JSON."""

    schema: type[Grounded]
    scores: Mapping[str, float]


@dataclass(frozen=True)
class Sample:
    """What one reply says of an item: a score or none, what it rests on, and why."""

    score: float | None
    evidence: tuple[Evidence, ...]
    note: str
    weight: float = 1.0
    invented: int = 0
    distribution: tuple[tuple[float, float], ...] = ()


@cache
def rating_form(minimum: int, maximum: int) -> Form:
    """Return the form for whole points in a range; one class per range."""
    points: Any = Literal[tuple(range(minimum, maximum + 1))]
    schema = create_model(
        f"Rating{minimum}to{maximum}", __base__=_RatingReply, rating=(points | None, ...)
    )
    return Form(schema, {str(point): float(point) for point in range(minimum, maximum + 1)})


@cache
def flow_form() -> Form:
    """Return the form for yes and no."""
    return Form(FlowReply, {"yes": 1.0, "no": 0.0})


def read_sample(reply: Reply, form: Form, transcript: Transcript) -> Sample:
    """Return what a reply says; quotes that were never said are dropped and cost weight."""
    parsed, raw = reply.parsed, reply.text[:_RAW_SIGNS]
    if not isinstance(parsed, form.schema):
        return Sample(None, (), f"no rating could be read; the reply was: {raw}")
    answer = getattr(parsed, form.schema.answer_field)
    if answer is None:
        return Sample(None, (), f"the judge gave none: {parsed.reason} The reply was: {raw}")
    kept, lost = check_quotes(((cited.n, cited.quote) for cited in parsed.quotes), transcript)
    dropped = f" ({lost} quote{'s' * (lost > 1)} not found)" if lost else ""
    spread = weigh_odds(reply.odds, form.scores)
    score = sum(point * share for point, share in spread) if spread else form.scores[str(answer)]
    weight = 1 - lost / len(parsed.quotes) if lost else 1.0
    return Sample(score, kept, f"{parsed.reason}{dropped}", round(weight, 4), lost, spread)


def weigh_odds(
    odds: Sequence[tuple[str, float]], scores: Mapping[str, float]
) -> tuple[tuple[float, float], ...]:
    """Return how likely each score was, adding up to 1; nothing where the odds do not tell.

    They do not where the answer's first token fits several answers (1 and 10), or where less than
    half of the likelihood lies on answers of the scale.
    """
    mass = dict.fromkeys(scores, 0.0)
    for word, share in odds:
        fitting = [answer for answer in scores if _begins(word, answer)]
        if len(fitting) == 1:
            mass[fitting[0]] += share
    whole = sum(mass.values())
    if whole < _FEWEST_MASS:
        return ()
    return tuple((scores[a], round(share / whole, 6)) for a, share in mass.items() if share > 0)


def _begins(word: str, answer: str) -> bool:
    """Tell whether a token can be the beginning of an answer, or is it with what follows."""
    rest = word.removeprefix(answer)
    is_it = rest != word and not rest[:1].isalnum()
    return bool(word) and (is_it or answer.startswith(word))


def pool_samples(item: str, samples: Sequence[Sample]) -> ItemRating:
    """Return the samples as one rating, each with its weight; the note lists them.

    Where no sample has any weight left, the score is their plain mean and weighs nothing.
    """
    rated = [sample for sample in samples if sample.score is not None]
    notes = [sample.note for sample in samples]
    if len(samples) > 1:
        notes = [f"{_say(sample.score)}: {sample.note}" for sample in samples]
    quotes = dict.fromkeys(piece for sample in samples for piece in sample.evidence)
    whole = sum(sample.weight for sample in rated)
    weights = [sample.weight if whole else 1.0 for sample in rated]
    total = sum(w * (s.score or 0.0) for w, s in zip(weights, rated, strict=True))
    return ItemRating(
        item=item,
        score=total / sum(weights) if rated else None,
        evidence=tuple(quotes)[:_MOST_QUOTES],
        note=" | ".join(notes),
        samples=tuple(sample.score for sample in samples) if len(samples) > 1 else (),
        distribution=samples[0].distribution if len(samples) == 1 else (),
        weight=round(whole / len(rated), 4) if rated else 1.0,
        invented=sum(sample.invented for sample in samples),
    )


def _say(score: float | None) -> str:
    return "missing" if score is None else f"{score:g}"
