"""Walking a scale that is a flowchart of yes/no questions: each answer leads to the next question."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from evaluators.scale import END, Item, Scale
from evaluators.verdict import ItemRating

Answer = Callable[[Item], Awaitable[ItemRating]]
"""From a question to its rating: 1 yes, 0 no, between them the likelihood of yes, None missing."""


async def walk_flow(scale: Scale, answer: Answer) -> tuple[ItemRating, ...]:
    """Return the ratings along the path that the answers take, faults marked with their severity.

    A question without an answer is missing, and the walk goes on with the next one in the file.
    """
    ratings: list[ItemRating] = []
    place = scale.items[0].id
    while place != END:
        item = scale.find(place)
        rating = await answer(item)
        ratings.append(replace(rating, severity=item.severity if _breaks(item, rating) else ""))
        place = _lead_on(scale, item, rating)
    return tuple(ratings)


def says_yes(rating: ItemRating) -> bool | None:
    """Return what a rating answers; a tie is a yes to what the question asks about."""
    return None if rating.score is None else rating.score >= 0.5


def _breaks(item: Item, rating: ItemRating) -> bool:
    said = says_yes(rating)
    return said is not None and item.breach == ("yes" if said else "no")


def _lead_on(scale: Scale, item: Item, rating: ItemRating) -> str:
    said = says_yes(rating)
    if said is None:
        following = [later.id for later in scale.items[scale.items.index(item) + 1 :]]
        return following[0] if following else END
    return item.yes if said else item.no
