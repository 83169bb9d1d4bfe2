"""A fidelity report as tables in the terminal and as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict

from rich.table import Table

from evaluators.realism.course import GAUGES, TIERS
from evaluators.realism.course import MARKS as TOLD_BY
from evaluators.realism.fidelity import Fidelity
from evaluators.realism.findings import Finding, Unit, find_short
from evaluators.realism.gain import STEPS
from evaluators.realism.reference import Judged
from evaluators.realism.report import MARKS, Report
from evaluators.realism.share import Share
from evaluators.realism.survival import Point
from evaluators.statistics import Estimate
from personas.schema import Attitude

BLANK = "–"
Json = dict[str, object]


def draw_report(report: Report, findings: Iterable[Finding]) -> Iterator[Table]:
    """Yield every table that has something to show; `findings` go over all sessions."""
    yield draw_findings("Client fidelity, all sessions", findings)
    yield draw_counselors(report)
    if report.curves:
        yield draw_curves(report)
    if report.attitudes:
        yield draw_attitudes(report)
    if report.gains.values:
        yield draw_gains(report)
    if report.disclosures.entries:
        yield draw_disclosures(report)
    if any(course.n for course in report.trajectories.values()):
        yield draw_trajectories(report)


def draw_findings(title: str, findings: Iterable[Finding]) -> Table:
    """Draw figures beside the human ones, with a verdict each."""
    table = _start(title, "measure")
    _add_numbers(table, "figure", "95 % interval", "n", "people", "accepted")
    table.add_column("verdict")
    for finding in findings:
        low, high = finding.reference.low, finding.reference.high
        table.add_row(
            finding.label,
            _say(finding.value, finding.unit),
            _say_range(finding.low, finding.high, finding.unit),
            BLANK if finding.n is None else f"{finding.n:,}",
            finding.reference.human or BLANK,
            _say_range(low, high, finding.unit),
            finding.verdict.value,
        )
    return table


def draw_counselors(report: Report) -> Table:
    """Draw the short list for each counselor; an arrow marks a figure outside of what is accepted."""
    parts = {name: list(find_short(part)) for name, part in sorted(report.counselors.items())}
    table = _start("By counselor (↑ ↓ outside of what is accepted)", "measure")
    _add_numbers(table, *(name or BLANK for name in parts))
    rows = dict.fromkeys((f.name, f.label) for part in parts.values() for f in part)
    for name, label in rows:
        found = ({f.name: f for f in part}.get(name) for part in parts.values())
        table.add_row(label, *(BLANK if f is None else _say_marked(f) for f in found))
    table.add_row(
        "sessions", *(f"{part.sessions:,}" for _, part in sorted(report.counselors.items()))
    )
    return table


def draw_curves(report: Report) -> Table:
    """Draw Kaplan–Meier: the share of clients still there after so many exchanges."""
    table = _start("Still there after so many exchanges (Kaplan–Meier, 95 % interval)", "counselor")
    _add_numbers(table, *(str(mark) for mark in MARKS), "dropped out", "n")
    for name, curve in sorted(report.curves.items()):
        cells = []
        for mark in MARKS:
            point = curve.at(mark)
            low, high = point.interval or (None, None)
            inside = f" ({_percent(low)}–{_percent(high)})" if point.interval else ""
            cells.append(f"{_percent(point.stay)} %{inside}" if point.at_risk else BLANK)
        table.add_row(name, *cells, str(curve.left.total()), str(curve.n))
    return table


def draw_attitudes(report: Report) -> Table:
    """Draw how clients of each attitude go along and whether they stay."""
    table = _start("Cooperation by attitude", "attitude")
    _add_numbers(table, "goes along, by words", "by the mind's acts", "dropped out", "sessions")
    for attitude in Attitude:
        part = report.attitudes.get(attitude)
        if part is not None:
            shares = (part.by_words, part.by_act, part.dropped_out)
            table.add_row(attitude.value, *map(_say_share, shares), f"{part.sessions:,}")
    return table


def draw_gains(report: Report) -> Table:
    """Draw the PANAS gain by counselor and attitude, and how far each step down is."""
    title = (
        "PANAS gain, self-report: rise of PA plus fall of NA, in sums (95 % interval over forms)"
    )
    table = _start(title, "counselor")
    _add_numbers(table, *(attitude.value for attitude in Attitude))
    _add_numbers(table, *(f"{higher.value} − {lower.value}" for higher, lower in STEPS))
    for counselor in report.gains.counselors:
        means = (report.gains.mean(counselor, attitude) for attitude in Attitude)
        steps = (report.gains.difference(counselor, *step) for step in STEPS)
        table.add_row(counselor, *map(_say_estimate, (*means, *steps)))
    return table


def draw_disclosures(report: Report) -> Table:
    """Draw when what stands behind a trust threshold was told."""
    early = report.disclosures.too_early
    table = _start(f"Disclosed by exchange ({early} told below their threshold)", "trust needed")
    _add_numbers(table, *(f"by {mark}" for mark in TOLD_BY), "ever", "entries")
    for tier in TIERS:
        if report.disclosures.entries[tier]:
            shares = [report.disclosures.share_by(tier, mark) for mark in (*TOLD_BY, None)]
            cells = (_say(share, Unit.SHARE) for share in shares)
            table.add_row(tier, *cells, f"{report.disclosures.entries[tier]:,}")
    return table


def draw_trajectories(report: Report) -> Table:
    """Draw the mean of each gauge at the start, on the way, and at the end."""
    table = _start("Course of the mind (means, 0 to 100)", "counselor")
    table.add_column("gauge")
    points = next(iter(report.trajectories.values())).places(1)
    _add_numbers(table, *points, "n")
    for name, course in sorted(report.trajectories.items()):
        for gauge in GAUGES if course.n else ():
            cells = (f"{course.mean(point, gauge) or 0:.1f}" for point in points)
            table.add_row(name if gauge == GAUGES[0] else "", gauge, *cells, str(course.n))
    return table


def report_to_json(report: Report, findings: Iterable[Finding]) -> Json:
    """Return everything as plain data for `--json`."""
    return {
        "sessions": report.all.sessions,
        "languages": dict(report.languages),
        "measures": {finding.name: finding.to_json() for finding in findings},
        "counselors": {
            name: _part_to_json(part) for name, part in sorted(report.counselors.items())
        },
        "staying": {
            name: [_point_to_json(curve.at(mark)) for mark in MARKS]
            for name, curve in sorted(report.curves.items())
        },
        "attitudes": {
            attitude.value: {
                "sessions": part.sessions,
                "by_words": part.by_words.to_json(),
                "by_act": part.by_act.to_json(),
                "dropped_out": part.dropped_out.to_json(),
            }
            for attitude, part in report.attitudes.items()
        },
        "panas_gain": {name: _gains_to_json(report, name) for name in report.gains.counselors},
        "disclosures": report.disclosures.to_json(),
        "trajectories": {
            name: course.to_json() for name, course in sorted(report.trajectories.items())
        },
    }


def _part_to_json(part: Fidelity) -> Json:
    return {"sessions": part.sessions, **{f.name: f.to_json() for f in find_short(part)}}


def _point_to_json(point: Point) -> Json:
    low, high = point.interval or (None, None)
    return {
        "exchange": point.exchange,
        "stay": point.stay,
        "low": low,
        "high": high,
        "at_risk": point.at_risk,
    }


def _gains_to_json(report: Report, counselor: str) -> Json:
    means = {attitude.value: report.gains.mean(counselor, attitude) for attitude in Attitude}
    steps = {
        f"{higher.value}_minus_{lower.value}": report.gains.difference(counselor, higher, lower)
        for higher, lower in STEPS
    }
    return {name: asdict(found) for name, found in {**means, **steps}.items() if found}


def _start(title: str, first: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(first, overflow="fold")
    return table


def _add_numbers(table: Table, *columns: str) -> None:
    for column in columns:
        table.add_column(column, justify="right", overflow="fold")


def _say(value: float | None, unit: Unit) -> str:
    if value is None:
        return BLANK
    return f"{_percent(value)} %" if unit is Unit.SHARE else f"{value:.3g}"


def _percent(value: float | None) -> str:
    """Return percent, with a decimal where it is small."""
    if value is None:
        return BLANK
    return f"{100 * value:.0f}" if value == 0 or value >= 0.1 else f"{100 * value:.2g}"


def _say_range(low: float | None, high: float | None, unit: Unit) -> str:
    if low is None and high is None:
        return BLANK
    if low == high:
        return _say(low, unit)
    if high is None:
        return f"from {_say(low, unit)}"
    return f"{_say(low, unit)} to {_say(high, unit)}"


def _say_marked(finding: Finding) -> str:
    mark = {Judged.HIGH: " ↑", Judged.LOW: " ↓"}.get(finding.verdict, "")
    return _say(finding.value, finding.unit) + mark


def _say_share(share: Share) -> str:
    if share.value is None:
        return BLANK
    return f"{_percent(share.value)} %"


def _say_estimate(estimate: Estimate | None) -> str:
    if estimate is None:
        return BLANK
    known = estimate.low is not None and estimate.high is not None
    inside = f" ({estimate.low:+.1f}…{estimate.high:+.1f})" if known else ""
    return f"{estimate.mean:+.1f}{inside}"
