"""An imported corpus on the screen: its table, and one of its sessions to be replayed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from runs.imported import Imported
from sim.showing.script import Beat, Spoken

BLANK = "–"


@dataclass
class Corpus:
    """An import in numbers: who speaks, what is known of the clients, how much is said."""

    sessions: int = 0
    messages: int = 0
    repairs: int = 0
    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, record: Imported) -> None:
        """Take in one session."""
        self.sessions += 1
        self.messages += len(record.transcript)
        self.repairs += len(record.repairs)
        attitude = record.attitude.value if record.attitude else "not told"
        for name, value in (
            ("format", f"{record.format}, from {record.file}"),
            ("counselor", record.counselor),
            ("client", record.client),
            ("language", record.language),
            ("attitude", attitude),
            ("intake form", "told" if record.form_text else "not told"),
            ("distortions", "told" if record.distortions else "not told"),
        ):
            self.counts.setdefault(name, Counter())[value] += 1

    def to_json(self) -> dict[str, object]:
        """Return the numbers as plain data."""
        return {
            "imported": True,
            "sessions": self.sessions,
            "messages": self.messages,
            "repairs": self.repairs,
            **{name.replace(" ", "_"): dict(counts) for name, counts in self.counts.items()},
        }


def draw_corpus(corpus: Corpus) -> Table:
    """Draw what is known of an import."""
    table = Table(
        title="Imported sessions",
        title_justify="left",
        caption="imported · not played here",
        caption_justify="left",
    )
    table.add_column("what")
    table.add_column("is", overflow="fold")
    table.add_column("sessions", justify="right")
    for name, counts in corpus.counts.items():
        for place, (value, count) in enumerate(counts.most_common()):
            table.add_row("" if place else name, value, f"{count:,}")
    mean = corpus.messages / corpus.sessions if corpus.sessions else 0
    table.add_row("messages", f"{corpus.messages:,}, {mean:.1f} a session", f"{corpus.sessions:,}")
    table.add_row("repairs", f"{corpus.repairs:,}", f"{corpus.sessions:,}")
    return table


def draw_import_head(record: Imported) -> Iterator[RenderableType]:
    """Yield where a session comes from and who meets whom, as far as its source says."""
    attitude = record.attitude.value if record.attitude else BLANK
    yield Text(f"Imported session {record.id}, key {record.key}", style="bold")
    yield Text(record.notice, style="yellow")
    for label, text in (
        ("source", f"{record.file}, line {record.line} ({record.format})"),
        ("client", f"{record.client}{_describe(record)}"),
        ("reason", record.intake.reason if record.intake else BLANK),
        ("attitude", f"{attitude} (as the source says)" if record.attitude else BLANK),
        ("counselor", f"{record.counselor} · {record.language}"),
    ):
        yield Text.assemble((f"{label:<10}", "dim"), text)
    yield Text("")


def iter_import_beats(record: Imported) -> Iterator[Beat]:
    """Yield the messages; there is nothing else to see."""
    for number, turn in enumerate(record.transcript, start=1):
        yield Spoken(number, turn)


def draw_import_end(record: Imported) -> Iterator[RenderableType]:
    """Yield what was mended on import."""
    yield Text("")
    yield Text("How it ended is not known.", style="bold")
    yield from _draw_repairs(record.repairs)


def _draw_repairs(repairs: Iterable[str]) -> Iterator[Text]:
    for repair in repairs:
        yield Text(f"mended: {repair}", style="dim")


def _describe(record: Imported) -> str:
    if record.intake is None:
        return ""
    person = record.intake.demographics
    parts = (person.name, person.age, person.gender, person.occupation, person.marital_status)
    told = ", ".join(str(part) for part in parts if part)
    return f" as {told}" if told else ""
