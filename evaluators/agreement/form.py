"""The form that raters fill in: the items of a scale and the range of a score."""

from __future__ import annotations

from dataclasses import dataclass

from evaluators.scale import Item, Scale, ctrs_items, load_scale


@dataclass(frozen=True)
class Form:
    """A scale as raters see it. `id` is the one that verdicts carry."""

    id: str
    scale: Scale
    items: tuple[Item, ...]


def load_form(scale_id: str) -> Form:
    """Return the form of a verdict's scale. Raises InputError for a scale that does not exist."""
    if scale_id in ("ctrs6", "ctrs11"):
        return Form(scale_id, load_scale("ctrs"), ctrs_items(6 if scale_id == "ctrs6" else 11))
    scale = load_scale(scale_id)
    return Form(scale_id, scale, scale.items)
