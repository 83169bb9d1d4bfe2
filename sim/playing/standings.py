"""Live standings: the mean CTRS of each counselor while a tournament plays. No intervals: it is early."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from runs.record import Episode, Failure
from sim.counting.measures import ctrs_mean
from sim.counting.summary import Average
from sim.playing.plan import Ticket

Play = Callable[[Ticket], Awaitable[Episode | Failure]]
_SHOWN = 4


@dataclass
class Standings:
    """Running means by counselor."""

    means: dict[str, Average] = field(default_factory=dict)

    def add(self, episode: Episode) -> None:
        """Take in one finished episode."""
        self.means.setdefault(episode.counselor, Average()).add(ctrs_mean(episode))

    def listen(self, play: Play) -> Play:
        """Return `play`, with every episode also taken in here."""

        async def play_and_add(ticket: Ticket) -> Episode | Failure:
            played = await play(ticket)
            if isinstance(played, Episode):
                self.add(played)
            return played

        return play_and_add

    def line(self) -> str:
        """Return the leading counselors in one line."""
        means = [(name, part.mean) for name, part in self.means.items() if part.mean is not None]
        means.sort(key=lambda row: -row[1])
        return ", ".join(f"{name} {mean:.2f}" for name, mean in means[:_SHOWN])
