"""The model card: what was trained from what on what, how it went, and what it is not for."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from pathlib import Path

from sim.training.config import TrainConfig
from sim.training.dataset import Kind
from sim.training.forecast import Forecast
from sim.training.progress import History

CARD = "README.md"
PACKAGES = ("counselgym", "torch", "transformers", "trl", "peft")
NOTICE = (
    "**Trained on synthetic dialogue. No real client. For research and training only, never a "
    "treatment, and no substitute for one.**"
)
_SHOWN = 12


def write_card(kind: Kind, config: TrainConfig, plan: Forecast, history: History) -> str:
    """Return the card of a finished training; `history` may begin at a resumed step."""
    base = f"base_model: {config.model}\n" if config.model else ""
    return "\n".join(
        (
            f"---\nlibrary_name: transformers\npipeline_tag: text-generation\n{base}"
            "tags: [synthetic, counseling, counselgym, not-for-clinical-use]\n---",
            f"# {config.out.name}",
            "",
            NOTICE,
            "",
            _say_origin(kind, config, plan),
            "",
            "## Data",
            "",
            f"`{config.data}`: {plan.rows:,} rows, {plan.tokens:,} tokens an epoch; "
            f"{plan.cut_rows:,} rows were cut. {_say_export(config.data)}",
            "",
            "## Training",
            "",
            *(f"- {name}: {value}" for name, value in _settings(config)),
            "",
            *_say_course(history),
            "",
            "Made with " + ", ".join(f"{name} {version(name)}" for name in PACKAGES) + ", "
            f"Python {platform.python_version()}.",
            "",
            "## Use",
            "",
            f"`counselgym run --counselors plain@local:{config.out}`, or `counselgym serve "
            f"{config.out}` and an endpoint in `[models]`. It speaks in the distribution it was "
            "trained on and has not been tried outside of it.",
            "",
        )
    )


def _say_origin(kind: Kind, config: TrainConfig, plan: Forecast) -> str:
    what = {"full": "all weights", "lora": "a LoRA adapter, merged", "qlora": "QLoRA, merged"}
    origin = f"from `{config.model}`" if config.model else "from nothing, tokenizer included"
    return (
        f"{kind.upper()} {origin}: {what[config.method]}; {plan.size.parameters:,} parameters, "
        f"{plan.size.trained:,} of them trained."
    )


def _say_export(folder: Path) -> str:
    manifest = folder / "export.json"
    if not manifest.is_file():
        return "It has no manifest of an export: where the rows come from is not known here."
    told = json.loads(manifest.read_text(encoding="utf-8"))
    voices = json.dumps(told.get("voices", {}), ensure_ascii=False)
    return f"Its own card and `export.json` stand beside it. Voices: `{voices}`."


def _settings(config: TrainConfig) -> list[tuple[str, object]]:
    skipped = {"data", "out", "model"}
    return list(config.model_dump(exclude=skipped, exclude_none=True).items())


def _say_course(history: History) -> list[str]:
    lines = [
        f"{history.tokens:,} tokens in {history.seconds / 60:.1f} min, {history.speed:,.0f} a second.",
        "",
        "| step | loss | test |",
        "|---|---|---|",
    ]
    tests = dict(history.evaluations)
    every = max(1, len(history.losses) // _SHOWN)
    for step, loss in [*history.losses[::every], *history.losses[-1:]]:
        near = tests.get(step)
        lines.append(f"| {step} | {loss:.3f} | {'' if near is None else f'{near:.3f}'} |")
    return lines
