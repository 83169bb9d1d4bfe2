"""What is printed of an episode: the head, each beat, the end. Shared by screen and plain text."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from agents.transcript import Speaker, Turn
from evaluators.flow import says_yes
from evaluators.panas import panas_sums
from evaluators.verdict import Evidence, ItemRating, Kind, PanasReading, Verdict
from runs.record import ChannelRecord, Episode
from sim.showing.gauges import draw_gauge
from sim.showing.script import Beat, Gauged, Routed, Spoken

INDENT = (0, 0, 0, 4)
STAND_INS = {
    "number": "(the number at the end was added: the model did not say it)",
    "message": "(scripted: the model found no words that would do)",
}


def draw_head(episode: Episode) -> Iterator[RenderableType]:
    """Yield who meets whom; everything here but the attitude is known to the counselor."""
    voices = episode.voices
    public = episode.persona.public()
    yield Text(f"Episode {episode.key}", style="bold")
    yield Text(episode.notice, style="yellow")
    yield _name("client", f"{_describe_client(episode)} ({episode.persona.id})")
    yield _name("reason", public.reason)
    yield _name("attitude", f"{episode.persona.attitude.value} (hidden from the counselor)")
    yield _name("counselor", f"{episode.counselor} · seed {episode.seed} · {episode.language}")
    yield _name(
        "voices",
        f"client {voices.client}, counselor {voices.counselor}, judges {', '.join(voices.judges)}",
    )
    if episode.technique:
        yield _name("technique", episode.technique)
    yield Text("")


def draw_beat(beat: Beat, *, bars: bool, width: int) -> Iterator[RenderableType]:
    """Yield the lines of one beat, for a page of `width` cells."""
    match beat:
        case Spoken(number, turn):
            yield _draw_speaker(number, turn)
            yield Padding(_draw_words(turn), INDENT)
        case Gauged(gauge, before):
            if gauge.stand_in:
                yield Padding(Text(STAND_INS[gauge.stand_in], style="yellow"), INDENT)
            yield Padding(draw_gauge(gauge, before, bars=bars, width=width - INDENT[3]), INDENT)
            yield Text("")
        case Routed(edge):
            way = f"↺ {edge.source} → {edge.target}: {edge.reason}"
            yield Text(way, style="bold magenta")


def draw_end(episode: Episode) -> Iterator[RenderableType]:
    """Yield how it ended, the channels, PANAS, and what the judges say."""
    yield Text("")
    yield Text(f"Finished: {episode.finish.value}", style="bold")
    for number, channel in enumerate(episode.channels, start=1):
        yield _draw_channel(number, channel)
    yield _draw_panas(episode)
    for verdict in episode.verdicts:
        yield draw_verdict(verdict)


def _name(label: str, text: str) -> Text:
    return Text.assemble((f"{label:<10}", "dim"), text)


def _describe_client(episode: Episode) -> str:
    person = episode.persona.public().demographics
    parts = (person.name, person.age, person.gender, person.occupation, person.marital_status)
    return ", ".join(str(part) for part in parts if part)


def _draw_speaker(number: int, turn: Turn) -> Text:
    parts = [turn.speaker.value]
    if turn.speaker is Speaker.COUNSELOR and turn.stage:
        parts.append(turn.stage)
    if turn.channel is not None:
        parts.append(f"channel {turn.channel + 1}")
    style = "bold cyan" if turn.speaker is Speaker.COUNSELOR else "bold green"
    return Text.assemble((f"{number:>3} ", "dim"), (" · ".join(parts), style))


def _draw_words(turn: Turn) -> Text:
    words = Text("")
    for sentence in turn.sentences:
        words.append(" " if words else "").append(sentence.text)
        if sentence.strategy is not None:
            words.append(f" [{sentence.strategy.value}]", style="dim")
    return words


def _draw_channel(number: int, channel: ChannelRecord) -> Text:
    ratings = f"rated {_say(channel.rating_before)} → {_say(channel.rating_after)}"
    shifted = "shifted" if channel.shifted else "no shift"
    thought = Text(f"channel {number} · {channel.distortion} · {ratings} · {shifted}")
    thought.append(f"\n    “{channel.thought}”")
    if channel.balanced:
        thought.append(f"\n    balanced: “{channel.balanced}”")
    return thought


def _draw_panas(episode: Episode) -> Table:
    table = _start("PANAS sums (10 to 50)", "reader")
    for column in ("PA before", "PA after", "NA before", "NA after"):
        table.add_column(column, justify="right")
    after = {reading.reader: reading for reading in episode.panas.after}
    for reading in episode.panas.before:
        table.add_row(reading.reader, *_panas_cells(reading, after.get(reading.reader)))
    return table


def _panas_cells(before: PanasReading, after: PanasReading | None) -> list[str]:
    pa_before, na_before = panas_sums(before)
    pa_after, na_after = panas_sums(after) if after else (None, None)
    return [_say(value) for value in (pa_before, pa_after, na_before, na_after)]


def draw_verdict(verdict: Verdict) -> Table:
    """Return what one judge says, item by item, with the words it rests on."""
    table = _start(f"{verdict.scale} by {verdict.judge}: {_sum_up(verdict)}", "item")
    table.add_column("score", justify="right")
    table.add_column("evidence", overflow="fold")
    for rating in verdict.ratings:
        score = _say_score(rating, verdict.kind)
        lines = [*map(_quote, rating.evidence), rating.note]
        table.add_row(rating.item.replace("_", " "), score, "\n".join(filter(None, lines)))
    return table


def _sum_up(verdict: Verdict) -> str:
    if verdict.kind == "flow":
        return {True: "vetoed", False: "no veto", None: "not settled"}[verdict.vetoed]
    return "mean missing" if verdict.mean is None else f"mean {verdict.mean:.2f}"


def _say_score(rating: ItemRating, kind: Kind) -> str:
    if rating.score is None:
        return "missing"
    said = ("yes" if says_yes(rating) else "no") if kind == "flow" else f"{rating.score:g}"
    return f"{said} · {rating.severity}" if rating.severity else said


def _quote(evidence: Evidence) -> str:
    return f"{evidence.turn + 1}: “{evidence.quote}”"


def _start(title: str, first: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    table.add_column(first, overflow="fold")
    return table


def _say(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"
