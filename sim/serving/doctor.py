"""The verb `doctor`: what is installed here, and whether a run can start."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import get_args

from rich.table import Table

from personas.errors import InputError
from personas.schema import Language
from personas.source import load_personas
from sim.console import open_stdout
from sim.extras import find_missing

BASE = ("counselgym", "langgraph", "langchain-openai", "pydantic", "faker", "rich", "typer")
EXTRAS = {
    "stats": ("numpy", "sacrebleu", "nltk"),
    "train": ("torch", "transformers", "trl", "peft"),
    "serve": ("vllm",),
    "ray": ("ray",),
}
NOT_INSTALLED = "not installed"
NOT_WRITABLE = "not writable"


def examine() -> bool:
    """Print a table of findings; return whether a run can start."""
    table = Table("what", "found")
    blockers = []
    for what, found in iter_findings():
        table.add_row(what, found)
        if found in (NOT_INSTALLED, NOT_WRITABLE):
            blockers.append(f"{what} {found}")
    console = open_stdout()
    console.print(table)
    console.print(f"A run cannot start: {', '.join(blockers)}." if blockers else "A run can start.")
    return not blockers


def iter_findings() -> Iterator[tuple[str, str]]:
    """Yield each thing a run may need and what was found of it."""
    yield "python", platform.python_version()
    for package in BASE:
        yield package, _find_version(package)
    for extra, modules in EXTRAS.items():
        missing = find_missing(*modules)
        advice = f"missing {', '.join(missing)}: pip install 'counselgym[{extra}]'"
        yield f"extra {extra}", advice if missing else "present"
    yield "GPU", _find_gpu()
    yield "out/", _say_writable(Path("out"))
    for language in get_args(Language):
        yield f"built-in personas ({language})", _count_builtin(language)


def _find_version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return NOT_INSTALLED


def _find_gpu() -> str:
    if shutil.which("nvidia-smi") is None:
        return "none (not needed: the scripted voices use no model)"
    ask = ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"]
    try:
        answer = subprocess.run(ask, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return "nvidia-smi does not answer"
    return answer.stdout.strip() or "nvidia-smi finds none"


def _say_writable(folder: Path) -> str:
    place = folder
    while not place.exists():
        place = place.parent
    return "writable" if place.is_dir() and os.access(place, os.W_OK) else NOT_WRITABLE


def _count_builtin(language: Language) -> str:
    try:
        return str(len(load_personas("builtin", language).personas))
    except InputError as error:
        return f"none: {error.what}"
