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


def build_callback(history: History, console: Console, operations: float, peak: float | None) -> Any:
    """Return the trainer's callback that fills the history and shows the line.

    `operations` are those of a trained token, `peak` those of the device in a second, None if it
    is not known: then MFU is not computed.
    """
    from transformers import TrainerCallback

    class Meter(TrainerCallback):  # type: ignore[misc, unused-ignore]
        """Shows a bar in a terminal, a plain line at every report elsewhere."""

        def __init__(self) -> None:
            self._line = Line(history, operations, peak)
            self._bar: Progress | None = None
            self._task = TaskID(0)
            self._start = 0.0

        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            """Start the clock and, in a terminal, the bar."""
            self._start = time.monotonic()
            self._line.begin(state.global_step)
            if console.is_terminal:
                text = TextColumn("{task.fields[line]}", markup=False)
                self._bar = Progress(BarColumn(bar_width=24), text, console=console, transient=True)
                self._task = self._bar.add_task("train", total=state.max_steps, line="")
                self._bar.start()

        def on_log(
            self, args: Any, state: Any, control: Any, logs: dict[str, float], **_: Any
        ) -> None:
            """Take down what the trainer reports and show it."""
            seen = int(logs.get("num_tokens", 0))
            if "loss" in logs:
                history.losses.append((state.global_step, float(logs["loss"])))
            if "eval_loss" in logs:
                history.evaluations.append((state.global_step, float(logs["eval_loss"])))
            history.tokens = max(history.tokens, seen)
            history.seconds = time.monotonic() - self._start
            if "loss" in logs or "eval_loss" in logs:
                self._show(state)

        def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            """Take the bar away."""
            if self._bar is not None:
                self._bar.stop()

        def _show(self, state: Any) -> None:
            line = self._line.write(state.global_step, state.max_steps)
            if self._bar is not None:
                self._bar.update(self._task, completed=state.global_step, line=line)
            else:
                console.print(line, highlight=False, soft_wrap=True)

    return Meter()


class Line:
    """The state of a training in one line."""

    def __init__(self, history: History, operations: float, peak: float | None) -> None:
        self._history = history
        self._operations = operations
        self._peak = peak
        self._begun = 0

    def begin(self, step: int) -> None:
        """Take note of the step that is gone on from."""
        self._begun = step

    def write(self, step: int, steps: int) -> str:
        """Return the line for a step of so many."""
        history = self._history
        done = step - self._begun
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
