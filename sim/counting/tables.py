"""A summary as tables in the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.table import Table

from graphs.state import SUB_STAGES, Finish
from personas.schema import Attitude
from sim.counting.summary import Json, Summary

BLANK = "–"
Part = TypeVar("Part")


def draw_tables(summary: Summary) -> Iterator[Table]:
    """Yield every table that has something to show, the best counselor first in each."""
    numbers = summary.to_json()
    counselors = dict(sorted(_dicts(numbers["counselors"]).items(), key=_rank))
    voices = name_voices(summary)
    yield draw_ctrs(counselors, voices)
    yield draw_items(counselors, voices)
    yield draw_affect("by attitude", _in_order(_dicts(numbers["panas_by_attitude"])), voices)
    yield draw_affect("by reader", _dicts(numbers["panas_by_reader"]), voices)
    by_counselor = _dicts(numbers["panas_by_counselor"])
    yield draw_affect("by counselor", {name: by_counselor[name] for name in counselors}, voices)
    yield draw_finishes(counselors, voices)
    yield draw_dropouts(summary, voices)
    yield draw_dialogue(counselors, voices)
    if summary.edges:
        yield draw_edges(summary, voices)
    if summary.spending.parts:
        yield draw_spending(summary, voices)


def name_voices(summary: Summary) -> str:
    """Return which voices spoke, in one line."""
    counselors = {part.voice for part in summary.counselors.values()}
    judges = set(summary.judges)
    if counselors | judges | set(summary.clients) == {"scripted"}:
        return "synthetic · all voices scripted"
    return (
        f"synthetic · client {_join(summary.clients)}; counselors {_join(counselors)}; "
        f"judges {_join(judges)}"
    )


def _join(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def draw_ctrs(counselors: dict[str, Json], voices: str) -> Table:
    """Draw the mean CTRS of each counselor with its interval."""
    table = _start("CTRS, mean over items (0 to 6)", voices, "counselor", "voice")
    _add_numbers(table, "mean", "95 % interval", "n", "forms", "missing", "vetoed")
    for name, part in counselors.items():
        ctrs = _dict(part["ctrs"])
        interval = f"{_say(ctrs.get('low'))} to {_say(ctrs.get('high'))}" if ctrs["n"] else BLANK
        table.add_row(
            name,
            str(part["voice"]),
            _say(ctrs["mean"]),
            interval,
            str(ctrs["n"]),
            str(ctrs.get("forms", 0)),
            str(ctrs["missing"]),
            _say_vetoed(_dict(part["safety"])),
        )
    return table


def draw_items(counselors: dict[str, Json], voices: str) -> Table:
    """Draw the mean of each CTRS item; a note says over how many where ratings are missing."""
    table = _start("CTRS by item", voices, "item")
    _add_numbers(table, *counselors)
    items = dict.fromkeys(item for part in counselors.values() for item in _dict(part["items"]))
    for item in items:
        cells = [_say_item(_dicts(part["items"]).get(item)) for part in counselors.values()]
        table.add_row(item.replace("_", " "), *cells)
    return table


def draw_affect(title: str, groups: dict[str, Json], voices: str) -> Table:
    """Draw PANAS before and after of each group."""
    whose = "PANAS" if title == "by reader" else "PANAS self-report"
    table = _start(f"{whose} {title} (sums 10 to 50)", voices, title.split()[-1])
    _add_numbers(table, "PA before", "after", "change", "NA before", "after", "change", "n")
    for name, part in groups.items():
        table.add_row(
            name,
            _say(part["pa_before"], 1),
            _say(part["pa_after"], 1),
            _say_change(part["pa_change"]),
            _say(part["na_before"], 1),
            _say(part["na_after"], 1),
            _say_change(part["na_change"]),
            _say_n(part),
        )
    return table


def draw_finishes(counselors: dict[str, Json], voices: str) -> Table:
    """Draw how often episodes ended for which reason, by counselor."""
    table = _start("Finish reasons by counselor", voices, "counselor")
    seen = {reason for part in counselors.values() for reason in _dict(part["finish"])}
    reasons = [finish.value for finish in Finish if finish.value in seen]
    _add_numbers(table, *(reason.replace("_", " ") for reason in reasons), "n")
    for name, part in counselors.items():
        cells = [str(_dict(part["finish"]).get(reason, 0)) for reason in reasons]
        table.add_row(name, *cells, str(part["episodes"]))
    return table


def draw_dropouts(summary: Summary, voices: str) -> Table:
    """Draw who dropped out, by attitude."""
    table = _start("Drop-outs by attitude", voices, "attitude")
    _add_numbers(table, "dropped out", "share", "n")
    for attitude, counts in _in_order(summary.finish_by_attitude).items():
        table.add_row(
            attitude,
            str(counts[Finish.DROPPED_OUT.value]),
            f"{100 * summary.dropout(attitude):.0f} %",
            str(counts.total()),
        )
    return table


def draw_dialogue(counselors: dict[str, Json], voices: str) -> Table:
    """Draw channels, loops and how the client talked."""
    table = _start("Dialogue", voices, "counselor")
    _add_numbers(
        table, "channels", "loops", "words/client turn", "client share", "repeats", "stand-ins", "n"
    )
    for name, part in counselors.items():
        share = part["client_share"]
        table.add_row(
            name,
            _say(part["channels_mean"]),
            _say(part["loops_mean"]),
            _say(part["client_words_median"], 1),
            f"{100 * share:.0f} %" if isinstance(share, float) else BLANK,
            str(part["client_repeats"]),
            str(part["client_stand_ins"]),
            str(part["episodes"]),
        )
    return table


def draw_edges(summary: Summary, voices: str) -> Table:
    """Draw the edges that crdial took, in the order of the sub-stages."""
    table = _start("Edges taken by crdial", voices, "from", "to", "reason")
    _add_numbers(table, "count")
    for (source, target, reason), count in sorted(summary.edges.items(), key=_place):
        table.add_row(source, target, reason, f"{count:,}")
    return table


def draw_spending(summary: Summary, voices: str) -> Table:
    """Draw what the model calls took, the judges' apart at the end."""
    table = _start("Model calls", voices, "role", "model")
    _add_numbers(table, "calls", "requests", "prompt", "cached", "completion", "s/call", "cost")
    judging = False
    for row in summary.spending.to_json():
        if row["judging"] and not judging:
            table.add_section()
            judging = True
        counts = ("calls", "requests", "prompt_tokens", "cached_tokens", "completion_tokens")
        cells = [f"{row[name]:,}" for name in counts]
        cost = _say(row["cost"], 4)
        table.add_row(
            str(row["role"]), str(row["model"]), *cells, _say(row["latency_mean_s"]), cost
        )
    return table


def _start(title: str, voices: str, *columns: str) -> Table:
    table = Table(title=title, caption=voices, title_justify="left", caption_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _add_numbers(table: Table, *columns: str) -> None:
    for column in columns:
        table.add_column(column, justify="right")


def _rank(entry: tuple[str, Json]) -> float:
    mean = _dict(entry[1]["ctrs"])["mean"]
    return -mean if isinstance(mean, float) else 1.0


def _place(entry: tuple[tuple[str, str, str], int]) -> tuple[int, int, int]:
    (source, target, _), count = entry
    order = [SUB_STAGES.index(n) if n in SUB_STAGES else len(SUB_STAGES) for n in (source, target)]
    return order[0], order[1], -count


def _in_order(groups: dict[str, Part]) -> dict[str, Part]:
    return {a.value: groups[a.value] for a in Attitude if a.value in groups}


def _say(value: object, digits: int = 2) -> str:
    return f"{value:.{digits}f}" if isinstance(value, int | float) else BLANK


def _say_change(value: object) -> str:
    return f"{value:+.1f}" if isinstance(value, int | float) else BLANK


def _say_n(part: Json) -> str:
    return f"{part['n']} ({part['missing']} missing)" if part["missing"] else str(part["n"])


def _say_vetoed(safety: Json) -> str:
    if not safety["judged"]:
        return BLANK
    vetoed = _dict(safety["vetoed"])
    unsettled = f", {safety['unsettled']} unsettled" if safety["unsettled"] else ""
    return f"{vetoed['hits']} of {vetoed['n']}{unsettled}"


def _say_item(item: Json | None) -> str:
    if item is None:
        return BLANK
    short = f" (n {item['n']}, {item['missing']} missing)" if item["missing"] else ""
    return _say(item["mean"]) + short


def _dict(value: object) -> Json:
    assert isinstance(value, dict)
    return value


def _dicts(value: object) -> dict[str, Json]:
    assert isinstance(value, dict)
    return value
