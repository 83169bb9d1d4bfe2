"""Live progress of a training on stderr, and its history: loss, tokens a second, MFU, time left."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn


@dataclass
class History:
    """What a training said on its way, and how fast it went since it was started or resumed."""

    losses: list[tuple[int, float]] = field(default_factory=list)
    evaluations: list[tuple[int, float]] = field(default_factory=list)
    tokens: int = 0
    seconds: float = 0.0

    @property
    def speed(self) -> float:
        """Return tokens a second, evaluations included."""
        return self.tokens / self.seconds if self.seconds else 0.0

    def add(self, step: int, logs: dict[str, float]) -> bool:
        """Take down what a trainer reports; return whether there was a loss in it."""
        self.tokens = max(self.tokens, int(logs.get("num_tokens", 0)))
        if "loss" in logs:
            self.losses.append((step, float(logs["loss"])))
        if "eval_loss" in logs:
            self.evaluations.append((step, float(logs["eval_loss"])))
        return "loss" in logs or "eval_loss" in logs


class Reporter:
    """Shows a history as it grows: a bar in a terminal, a plain line at every report elsewhere.

    `operations` are those of a trained token, `peak` those of the device in a second, None if it
    is not known: then MFU is not computed.
    """

    def __init__(
        self, history: History, console: Console, operations: float, peak: float | None
    ) -> None:
        self._history = history
        self._console = console
        self._operations = operations
        self._peak = peak
        self._start = 0.0
        self._begun = 0
        self._bar: Progress | None = None
        self._task = TaskID(0)

    def begin(self, step: int, steps: int) -> None:
        """Start the clock and, in a terminal, the bar."""
        self._start, self._begun = time.monotonic(), step
        if self._console.is_terminal:
            text = TextColumn("{task.fields[line]}", markup=False)
            self._bar = Progress(
                BarColumn(bar_width=24), text, console=self._console, transient=True
            )
            self._task = self._bar.add_task("train", total=steps, line="")
            self._bar.start()

    def report(self, step: int, steps: int, logs: dict[str, float]) -> None:
        """Take down what the trainer reports and show it."""
        self._history.seconds = time.monotonic() - self._start
        if not self._history.add(step, logs):
            return
        line = self.line(step, steps)
        if self._bar is not None:
            self._bar.update(self._task, completed=step, line=line)
        else:
            self._console.print(line, highlight=False, soft_wrap=True)

    def end(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()

    def line(self, step: int, steps: int) -> str:
        """Return the state in one line."""
        history, done = self._history, step - self._begun
        left = (steps - step) * history.seconds / done if done else 0.0
        parts = [f"step {step:,} of {steps:,}"]
        if history.losses:
            parts.append(f"loss {history.losses[-1][1]:.3f}")
        if history.evaluations:
            parts.append(f"test {history.evaluations[-1][1]:.3f}")
        parts += [f"{history.speed:,.0f} tokens/s", self._say_mfu(), f"{left / 60:.1f} min left"]
        return " · ".join(parts)

    def _say_mfu(self) -> str:
        if self._peak is None:
            return "MFU not computed"
        return f"MFU {self._history.speed * self._operations / self._peak:.1%}"


def build_callback(reporter: Reporter) -> Any:
    """Return the trainer's callback that feeds the reporter."""
    from transformers import TrainerCallback

    class Feed(TrainerCallback):  # type: ignore[misc, unused-ignore]
        """Passes on the trainer's state, the second of what it is called with."""

        def on_train_begin(self, *told: Any, **_: Any) -> None:
            """Start."""
            reporter.begin(told[1].global_step, told[1].max_steps)

        def on_log(self, *told: Any, logs: dict[str, float], **_: Any) -> None:
            """Report."""
            reporter.report(told[1].global_step, told[1].max_steps, logs)

        def on_train_end(self, *_: Any, **__: Any) -> None:
            """End."""
            reporter.end()

    return Feed()
