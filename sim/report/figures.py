"""What the page shows, as plain data: the one island of JSON from which the browser draws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from itertools import combinations

from personas.errors import InputError
from personas.schema import Persona
from runs.key import Shape
from runs.record import NOTICE
from sim.report.gather import CLIENTS_PER_PAGE, EPISODES_PER_PAGE, Gathered, Part
from sim.report.judging import describe_scales
from sim.report.pairs import recall_pairs
from sim.report.sources import Json, Source
from sim.tournament.board import Board
from sim.tournament.results import Results, describe_unranked, find_results

FEW_FORMS = 10
SHAPING = (*(field.name for field in fields(Shape)), "mind")


def draw_figures(title: str, gathered: Gathered, results: Results | None = None) -> Json:
    """Return all that stands in the page beside the packed sessions.

    Without `results` the statistics are computed here, the CTRS deciding the pairs.
    """
    names = gathered.names()
    board = Board(tuple(sorted(names)), gathered.rows())
    found, unranked = _find(board, results, gathered.sources)
    ordered = [str(name) for name in _order(found, names)]
    audits = [card for source in gathered.sources for card in source.audit]
    parts = dict(zip(names, gathered.parts, strict=True))
    return {
        "title": title,
        "notice": NOTICE,
        "runs": [_describe(n, gathered) for n in range(len(gathered.sources))],
        "warnings": [*_warn(gathered, board), *([unranked] if unranked else [])],
        "counselors": [_introduce(name, parts[name], gathered) for name in ordered],
        "statistics": found,
        "affect": {
            "attitude": {name: part.to_json() for name, part in sorted(gathered.attitudes.items())},
            "reader": {name: part.to_json() for name, part in gathered.readers.items()},
        },
        "course": {name: parts[name].course.to_json() for name in ordered},
        "stay": {name: _curve(parts[name]) for name in ordered},
        "flow": {name: _flow(parts[name]) for name in ordered if parts[name].routes},
        "safety": {
            name: parts[name].judging.safety.to_json()
            for name in ordered
            if parts[name].judging.safety.judged
        },
        "judged": {name: _rate(parts[name]) for name in ordered},
        "scales": describe_scales(gathered.scales.union(str(card["scale"]) for card in audits)),
        "audits": audits,
        "spending": gathered.spending.to_json(),
        "clients": [
            _portray(p, n) for p, n in zip(gathered.clients, gathered.client_names(), strict=True)
        ],
        "episodes": _index(gathered, [ordered.index(name) for name in names]),
    }


def _find(board: Board, results: Results | None, sources: list[Source]) -> tuple[Json, str]:
    """Return the statistics, and why there is no ranking, if there is none.

    Of one run the pairs that were judged decide, where there are any; across runs, which were not
    compared pair by pair, the CTRS does.
    """
    if results is not None:
        return _slim(results.to_json()), ""
    if len(board.counselors) < 2:
        return _slim(describe_unranked(board)), ""
    try:
        judged = recall_pairs(sources[0].folder, board) if len(sources) == 1 else None
        return _slim(find_results(board, judged).to_json()), ""
    except InputError as error:
        return _slim(describe_unranked(board)), f"No ranking: {error}"


def _slim(found: Json) -> Json:
    """Take out what the page does not show: the differences within groups of clients."""
    groups = found["groups"]
    assert isinstance(groups, dict)
    for measures in (part for group in groups.values() for part in group.values()):
        for measure in measures:
            del measure["differences"]
    return found


def _order(found: Json, names: list[str]) -> list[str]:
    """Return the counselors, the best first: by rank, else by the mean CTRS."""
    ranking, measures = found.get("ranking"), found["measures"]
    assert isinstance(measures, list)
    rows = ranking["ranked"] if isinstance(ranking, dict) else measures[0]["standings"]
    there = [row["counselor"] for row in rows]
    return there + [name for name in names if name not in there]


def _introduce(name: str, part: Part, gathered: Gathered) -> Json:
    source = gathered.sources[part.run]
    return {
        "name": name,
        "spec": part.spec,
        "voice": part.voice,
        "run": source.label,
        "episodes": part.episodes,
        "stand_ins": part.stand_ins,
    }


def _rate(part: Part) -> Json:
    """Return the scales beside the CTRS, which the measures hold already."""
    scales = part.judging.scales
    return {scale: scales[scale].to_json() for scale in sorted(scales) if scale[:4] != "ctrs"}


def _curve(part: Part) -> list[list[float | None]]:
    """Return the Kaplan–Meier curve as [exchange, stay, low, high, at risk], from 0 on."""
    last = max([*part.stay.left, *part.stay.ended], default=0)
    rows: list[list[float | None]] = []
    for exchange in range(last + 1):
        point = part.stay.at(exchange)
        low, high = point.interval or (None, None)
        rows.append([exchange, *(_cut(v) for v in (point.stay, low, high)), point.at_risk])
    return rows


def _cut(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _flow(part: Part) -> list[list[object]]:
    return [[*route, count] for route, count in sorted(part.routes.items())]


def _describe(run: int, gathered: Gathered) -> Json:
    source, manifest = gathered.sources[run], gathered.sources[run].manifest
    return {
        "label": source.label,
        "folder": str(source.folder),
        "episodes": sum(seen.run == run for seen in gathered.seen),
        "owed": len(_find_owed(source, run, gathered)),
        "judges": sorted(gathered.judges.get(run, ())),
        "config": source.config_text,
        "manifest": manifest,
    }


def _portray(persona: Persona, name: str) -> Json:
    return {
        "id": name,
        "name": persona.demographics.name or name,
        "attitude": persona.attitude.value,
    }


def _index(gathered: Gathered, places: list[int]) -> Json:
    """Return one column per property; episode n lies on page n // per_page of the packed ones."""
    rows = gathered.seen
    finishes = sorted({seen.row.finish for seen in rows})
    return {
        "per_page": EPISODES_PER_PAGE,
        "clients_per_page": CLIENTS_PER_PAGE,
        "finishes": finishes,
        "key": [seen.row.key for seen in rows],
        "run": [seen.run for seen in rows],
        "counselor": [places[seen.part] for seen in rows],
        "client": [seen.client for seen in rows],
        "seed": [seen.row.seed for seen in rows],
        "finish": [finishes.index(seen.row.finish) for seen in rows],
        "ctrs": [_cut(seen.row.values["ctrs"]) for seen in rows],
        "exchanges": [seen.row.exchanges for seen in rows],
    }


def _warn(gathered: Gathered, board: Board) -> Iterator[str]:
    """Yield what a reader must know before believing the numbers."""
    for run, source in enumerate(gathered.sources):
        owed = len(_find_owed(source, run, gathered))
        if owed:
            yield f"{source.label}: {owed} episodes failed and are still owed."
        if source.torn:
            yield f"{source.label}: the last episode is unfinished, still being written or torn."
        if source.audit_fault:
            yield source.audit_fault
    yield from _warn_of_differences(gathered)
    yield from _warn_of_gaps(gathered, board)


def _find_owed(source: Source, run: int, gathered: Gathered) -> set[str]:
    return set(source.failed) - {seen.row.key for seen in gathered.seen if seen.run == run}


def _warn_of_differences(gathered: Gathered) -> Iterator[str]:
    for one, other in combinations(gathered.sources, 2):
        differing = [
            f"{key} {_say(one.config.get(key))} and {_say(other.config.get(key))}"
            for key in SHAPING
            if one.config.get(key) != other.config.get(key)
        ]
        if differing:
            told = ", ".join(differing)
            yield f"{one.label} and {other.label} are not alike: {told}; compare them with care."
    if len({frozenset(judges) for judges in gathered.judges.values()}) > 1:
        yield "The runs were judged by different judges; their scores may not be compared."
    for judge in sorted({name for names in gathered.judges.values() for name in names}):
        if judge in gathered.players - {"scripted"}:
            yield f"Judge {judge} is also a player's model: models like their own words."


def _say(setting: object) -> str:
    return "/".join(map(str, setting)) if isinstance(setting, list) else str(setting)


def _warn_of_gaps(gathered: Gathered, board: Board) -> Iterator[str]:
    scores = board.scores("ctrs")
    played = {(row.counselor, row.client, row.seed) for row in board.rows}
    empty = scores.values.size - len(played)
    if empty:
        yield (
            f"Not every counselor met every client with every seed: {empty:,} of "
            f"{scores.values.size:,} meetings are missing. Differences rest on what both have met."
        )
    unrated = sum(row.values["ctrs"] is None for row in board.rows)
    if unrated:
        yield f"{unrated:,} of {len(board.rows):,} episodes have no CTRS rating."
    forms = len(set(scores.forms))
    if forms < FEW_FORMS:
        yield f"Only {forms} intake forms: intervals over so few are rough."
    stand_ins = sum(part.stand_ins for part in gathered.parts)
    if stand_ins:
        yield f"{stand_ins:,} client messages are, in part, not the model's own words (stand-ins)."
