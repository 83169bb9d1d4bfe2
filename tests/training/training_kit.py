"""Small rows, a small configuration, and the command line as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import tomli_w

SHAPE = {"vocab": 600, "hidden": 32, "inner": 64, "layers": 2, "heads": 2, "context": 512}
OTHERS = ("Ida", "Jon", "Kim", "Leo")
NAMES = ("Ana", "Ben", "Cleo", "Dan", "Eve", "Fay", "Gil", "Hal")
Row = dict[str, list[dict[str, str]]]


def make_row(name: str, turns: int) -> Row:
    """A session whose every message is said once only, so that a mask can be read back."""
    messages = [
        {"role": "system", "content": f"Be kind.\n\nTHE CLIENT\nName: {name}"},
        {"role": "user", "content": "(The client has come in.)"},
    ]
    for n in range(turns):
        said = f"<defense> [Restatement] {name} told me {n} things. [Question] Is {n} true?"
        messages.append({"role": "assistant", "content": said})
        messages.append({"role": "user", "content": f"I, {name}, say {n} and {n * n}."})
    return {"messages": messages[:-1]}


def make_rows(count: int, names: tuple[str, ...] = NAMES) -> list[Row]:
    return [make_row(names[n % len(names)], 2 + n % 3) for n in range(count)]


def make_pairs(count: int, names: tuple[str, ...] = NAMES) -> list[Row]:
    pairs = []
    for row in make_rows(count, names):
        *prompt, last = row["messages"]
        worse = {"role": "assistant", "content": "<closing> [Information] You must not."}
        pairs.append({"prompt": prompt, "chosen": [last], "rejected": [worse]})
    return pairs


def write_set(folder: Path, rows: list[Row], test: list[Row]) -> Path:
    folder.mkdir()
    for name, part in (("train", rows), ("test", test)):
        lines = "".join(f"{json.dumps(row)}\n" for row in part)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return folder


def write_config(folder: Path, **settings: object) -> Path:
    path = folder / "train.toml"
    settings = {"scratch": SHAPE, **settings} if "model" not in settings else settings
    base = {
        "data": str(folder / "set"),
        "out": str(folder / "out"),
        "learning_rate": 3e-3,
        "batch": 2,
        "accumulate": 1,
        "max_length": 400,
        "log_every": 1,
        "evaluate_every": 4,
        "save_every": 4,
    }
    path.write_text(tomli_w.dumps({**base, **settings}), encoding="utf-8")
    return path


def start(*words: object) -> subprocess.Popen[str]:
    """Start the command line in a process of its own."""
    code = "from sim.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TQDM_DISABLE": "1", "CUDA_VISIBLE_DEVICES": ""},
    )


def call(*words: object, code: int = 0) -> str:
    """Run the command line; return what it said, after a look at its exit code."""
    process = start(*words)
    out, err = process.communicate(timeout=300)
    assert process.returncode == code, err[-3000:]
    return out + err
