"""Scorecards as tables in the terminal, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict

from rich.table import Table

from evaluators.audit.check import Check, Outcome
from evaluators.audit.expectations import load_expectations
from evaluators.audit.scorecard import ItemCard, Scorecard, say_estimate
from evaluators.audit.specimen import GROUPS
from evaluators.audit.trial import Material

Json = dict[str, object]
BLANK = "–"
_MARKS = {
    (True, Outcome.FAILED): "!!",
    (False, Outcome.FAILED): "!",
    (True, Outcome.UNCLEAR): "?",
    (False, Outcome.UNCLEAR): "?",
    (True, Outcome.PASSED): "+",
    (False, Outcome.PASSED): "+",
}
_LEGEND = "+ as owed · !! required and failed · ! wished and failed · ? the interval leaves it open"


def draw_card(card: Scorecard) -> Iterator[Table | str]:
    """Yield a judge's verdict and reasons, its items, its movements, and what did not pass."""
    yield f"{card.judge} ({card.scale}): {card.fitness.upper()}"
    yield from (f"  {reason}" for reason in card.reasons)
    if card.faults:
        yield f"  {len(card.faults)} ratings broke; the first: {card.faults[0]}"
    yield _draw_items(card)
    yield _draw_moves(card)
    open_checks = [check for check in card.checks if check.outcome is not Outcome.PASSED]
    if open_checks:
        yield _draw_checks(open_checks)


def _draw_items(card: Scorecard) -> Table:
    table = _start(f"{card.judge}: items, with the mean of each known group", "item", "fit for")
    for column in ("noise", *(_shorten(group) for group in GROUPS)):
        table.add_column(column, justify="right")
    for item in card.items:
        means = (item.groups.get(group) for group in GROUPS)
        cells = [BLANK if mean is None else f"{mean.mean:.2f}" for mean in means]
        table.add_row(_name(item.item), item.fitness, _say(item.noise), *cells)
    table.caption = "noise: single sessions that differ by less cannot be told apart"
    return table


def _draw_moves(card: Scorecard) -> Table:
    table = _start(f"{card.judge}: what each change of a good session moved, in points", "change")
    names = [item.item for item in card.items]
    for name in names:
        table.add_column(_shorten(name), justify="right")
    worst = {(check.family, check.item): check for check in _by_weight(card.checks)}
    for change, moves in card.moves.items():
        cells = []
        for name in names:
            moved, check = moves.get(name), worst.get((change, name))
            mark = _MARKS[check.required, check.outcome] if check else ""
            cells.append(BLANK if moved is None else f"{moved.mean:+.2f}{mark}")
        table.add_row(change, *cells)
    table.caption = _LEGEND
    return table


def _by_weight(checks: Iterable[Check]) -> list[Check]:
    """Return the checks with the gravest last, so that it is the one that is shown."""
    order = [Outcome.PASSED, Outcome.UNCLEAR, Outcome.FAILED]
    return sorted(checks, key=lambda check: (order.index(check.outcome), check.required))


def _draw_checks(checks: Iterable[Check]) -> Table:
    table = _start("Not passed", "check", "item", "wanted", "found (95 % interval)", "outcome")
    for check in sorted(checks, key=lambda c: (not c.required, c.outcome, c.family)):
        weight = "required" if check.required else "wished"
        outcome = f"{check.outcome}, {weight}"
        table.add_row(
            check.family, _name(check.item), check.wants, say_estimate(check.found), outcome
        )
    return table


def _start(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", caption_justify="left", padding=(0, 0, 0, 1))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _name(item: str) -> str:
    return item.replace("_", " ")


def _shorten(name: str) -> str:
    word = name.partition("_")[0]
    return word if len(word) <= 8 else f"{word[:6]}."


def _say(value: float | None) -> str:
    return BLANK if value is None else f"{value:.2f}"


def to_json(cards: list[Scorecard], material: Material, origin: str) -> Json:
    """Return the whole audit as plain data."""
    return {
        "material": {
            "origin": origin,
            "ladder": len(material.ladder),
            "changed": len(material.changed),
            "clients": len({session.client for session in material.ladder}),
            "groups": list(GROUPS),
        },
        "passes": all(card.passes for card in cards),
        "judges": [asdict(card) for card in cards],
    }


def to_markdown(cards: list[Scorecard], material: Material, origin: str) -> str:
    """Return the whole audit as a page, every check with its interval."""
    clients = len({session.client for session in material.ladder})
    lines = [
        "# Audit of judges",
        "",
        f"{len(material.ladder)} sessions of known groups, {len(material.changed)} good sessions that "
        f"were changed, {clients} clients; {origin}. Synthetic dialogue. Intervals are 95 %, "
        "bootstrapped over clients.",
    ]
    for card in cards:
        lines += ["", f"## {card.judge} ({card.scale}): {card.fitness}", ""]
        lines += [f"- {reason}" for reason in card.reasons]
        lines += ["", *_tell_items(card.items), "", *_tell_moves(card), "", *_tell_checks(card)]
    return "\n".join(lines) + "\n"


def _tell_items(items: tuple[ItemCard, ...]) -> Iterator[str]:
    yield from _head("item", "fit for", "noise", *(_name(group) for group in GROUPS))
    for item in items:
        means = (say_estimate(item.groups.get(group)) for group in GROUPS)
        yield _row(_name(item.item), item.fitness, _say(item.noise), *means)


def _tell_moves(card: Scorecard) -> Iterator[str]:
    says = {owed.change: owed.says for owed in load_expectations()}
    yield from _head("change", "what was done", *(_name(item.item) for item in card.items))
    for change, moves in card.moves.items():
        cells = (say_estimate(moves.get(item.item)) for item in card.items)
        yield _row(change, says[change], *cells)


def _tell_checks(card: Scorecard) -> Iterator[str]:
    yield from _head("check", "item", "wanted", "found", "n", "outcome", "weight")
    for check in card.checks:
        n = str(check.found.n) if check.found else "0"
        weight = "required" if check.required else "wished"
        found = say_estimate(check.found)
        yield _row(check.family, _name(check.item), check.wants, found, n, check.outcome, weight)


def _head(*cells: str) -> Iterator[str]:
    yield _row(*cells)
    yield _row(*("---" for _ in cells))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
