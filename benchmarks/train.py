"""Training speed on random weights: TRL's defaults, then one change at a time, each in a process.

`python -m benchmarks.train --shape qwen3-0.6b --kind sft --method lora` prints a table in Markdown:
tokens a second (padding left out), MFU by the convention in sim.training.speed, and the peak of
memory. `benchmarks/gpu_train.sh` runs all of it. `--shape toy` shows on a CPU that it works; its
figures mean nothing.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

SHAPES: dict[str, dict[str, Any]] = {
    "toy": {"family": "Qwen3", "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2}
    | {"num_attention_heads": 2, "num_key_value_heads": 2, "head_dim": 32, "vocab_size": 4096}
    | {"tie_word_embeddings": True},
    "qwen3-0.6b": {"family": "Qwen3", "hidden_size": 1024, "intermediate_size": 3072}
    | {"num_hidden_layers": 28, "num_attention_heads": 16, "num_key_value_heads": 8}
    | {"head_dim": 128, "vocab_size": 151936, "tie_word_embeddings": True},
    "llama3-8b": {"family": "Llama", "hidden_size": 4096, "intermediate_size": 14336}
    | {"num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8}
    | {"vocab_size": 128256, "tie_word_embeddings": False},
}
LADDER = ("TRL defaults", "+ packing", "+ Liger kernels", "+ no checkpointing")
ROWS, SEED, WARM = 512, 0, 3
SHORTEST, LONGEST = 200, 1400  # tokens of a session, as those of the scripted teacher
WORDS = (
    "you told me that it was hard and what went through your mind then when did it begin".split()
)


@dataclass(frozen=True)
class Rung:
    """What is measured in one process."""

    shape: str
    kind: str
    method: str
    rung: int
    steps: int
    batch: int
    length: int


def measure(rung: Rung) -> dict[str, Any]:
    """Train some steps and return what it took; the first steps only warm up."""
    import torch
    from transformers import TrainerCallback

    trainer, tokens_of = build_trainer(rung)
    marks: list[tuple[float, int]] = []

    class Clock(TrainerCallback):  # type: ignore[misc, unused-ignore]
        def on_step_end(self, *_: Any, **__: Any) -> None:
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            marks.append((time.perf_counter(), tokens_of()))

    trainer.add_callback(Clock())
    trainer.train()
    (begun, before), (ended, after) = marks[WARM - 1], marks[-1]
    return {"speed": (after - before) / (ended - begun), "memory": peak_memory()}


def build_trainer(rung: Rung) -> tuple[Any, Any]:
    """Return the trainer and a function that says how many tokens it has seen."""
    import trl
    from datasets import Dataset
    from peft import LoraConfig

    tokenizer = make_tokenizer()
    rows = make_rows(rung.kind)
    arguments = (trl.SFTConfig if rung.kind == "sft" else trl.DPOConfig)(**options(rung))
    trainer = (trl.SFTTrainer if rung.kind == "sft" else trl.DPOTrainer)(
        model=make_model(rung),
        args=arguments,
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        peft_config=LoraConfig(r=16, lora_alpha=32, target_modules="all-linear")
        if rung.method == "lora"
        else None,
    )
    return trainer, lambda: trainer._total_train_tokens


def options(rung: Rung) -> dict[str, Any]:
    """TRL's own options, changed up to this rung of the ladder."""
    import torch

    out = tempfile.mkdtemp(prefix="bench-train-")
    gpu = torch.cuda.is_available()
    chosen: dict[str, Any] = {
        "output_dir": out,
        "max_steps": rung.steps,
        "per_device_train_batch_size": rung.batch,
        "max_length": rung.length,
        "save_strategy": "no",
        "report_to": [],
        "disable_tqdm": True,
        "use_cpu": not gpu,
        "bf16": True,
    }
    if rung.rung >= 1 and rung.kind == "sft":
        chosen["packing"] = True
    if rung.rung >= 2 and find_spec("liger_kernel") is not None and gpu:
        chosen["use_liger_kernel"] = True
    if rung.rung >= 3:
        chosen["gradient_checkpointing"] = False
    return chosen


def make_model(rung: Rung) -> Any:
    """Random weights in bfloat16 on the device, where they fit beside AdamW's moments."""
    import torch
    import transformers

    shape = dict(SHAPES[rung.shape])
    family = shape.pop("family")
    config = getattr(transformers, f"{family}Config")(**shape, max_position_embeddings=8192)
    if torch.cuda.is_available() and find_spec("flash_attn") is not None:
        config._attn_implementation = "flash_attention_2"
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(SEED)
    with torch.device(device):
        model = getattr(transformers, f"{family}ForCausalLM")(config)
    return model.to(torch.bfloat16 if torch.cuda.is_available() else torch.float32)


def make_tokenizer() -> Any:
    """A small tokenizer; its numbers are valid for every shape."""
    from sim.training.scratch import learn_tokenizer

    return learn_tokenizer([" ".join(WORDS)], 600, 8192)


def make_rows(kind: str) -> list[dict[str, Any]]:
    """Sessions of random words, as long as real ones are."""
    rng = random.Random(SEED)
    rows: list[dict[str, Any]] = []
    for _ in range(ROWS):
        messages = make_session(rng, rng.randint(SHORTEST, LONGEST))
        if kind == "sft":
            rows.append({"messages": messages})
        else:
            worse = {"role": "assistant", "content": say(rng, 30)}
            *prompt, last = messages
            rows.append({"prompt": prompt, "chosen": [last], "rejected": [worse]})
    return rows


def make_session(rng: random.Random, tokens: int) -> list[dict[str, str]]:
    """User and assistant in turn, about 30 words each, of about so many tokens."""
    messages = []
    for _ in range(max(1, tokens // 64)):
        messages += [
            {"role": "user", "content": say(rng, 30)},
            {"role": "assistant", "content": say(rng, 30)},
        ]
    return messages


def say(rng: random.Random, count: int) -> str:
    """So many random words."""
    return " ".join(rng.choices(WORDS, k=count))


def peak_memory() -> float:
    """Peak in GiB: of the GPU, else of this process."""
    import resource

    import torch

    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 2**30
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def operations(rung: Rung) -> float:
    """Operations of a trained token, by the convention of sim.training.speed."""
    import torch
    import transformers

    from sim.training.config import TrainConfig
    from sim.training.forecast import Size
    from sim.training.speed import count_operations

    shape = dict(SHAPES[rung.shape])
    family = shape.pop("family")
    with torch.device("meta"):
        config = getattr(transformers, f"{family}Config")(**shape)
        model = getattr(transformers, f"{family}ForCausalLM")(config)
    parameters = sum(weight.numel() for weight in model.parameters())
    looked_up = 0 if shape["tie_word_embeddings"] else shape["vocab_size"] * shape["hidden_size"]
    size = Size(parameters, parameters, looked_up, shape["num_hidden_layers"], shape["hidden_size"])
    settings = {"data": ".", "out": ".", "model": "x", "max_length": rung.length}
    return count_operations(TrainConfig(**settings, method=rung.method), size)


def climb(arguments: argparse.Namespace) -> None:
    """Measure every rung in a process of its own and print the table."""
    from sim.training.speed import CONVENTION, find_peak

    peak = find_peak()
    print(f"{arguments.kind}, {arguments.method}, {arguments.shape}-shaped, random weights; "
          f"batch {arguments.batch}, rows up to {arguments.length} tokens, {name_device()}")  # fmt: skip
    print(CONVENTION if peak else "MFU is not computed: no GPU whose peak is known", end="\n\n")
    print("| rung | tokens/s | × defaults | MFU | peak GiB |\n|---|---|---|---|---|")
    first = None
    for number, name in enumerate(LADDER):
        if skipped := why_skipped(number, arguments.kind):
            print(f"| {name} | {skipped} | | | |", flush=True)
            continue
        found = run_rung(arguments, number)
        if "speed" not in found:
            print(f"| {name} | {found['failed']} | | | |", flush=True)
            continue
        first = first or found["speed"]
        rung = make_rung(arguments, number)
        mfu = f"{found['speed'] * operations(rung) / peak:.1%}" if peak else "–"
        cells = (f"{found['speed']:,.0f}", f"{found['speed'] / first:.2f}", mfu)
        print(f"| {name} | {' | '.join(cells)} | {found['memory']:.1f} |", flush=True)


def why_skipped(number: int, kind: str) -> str:
    """Why a rung is not measured here, if so."""
    import torch

    if number == 1 and kind == "dpo":
        return "TRL packs no pairs"
    if number == 2 and (find_spec("liger_kernel") is None or not torch.cuda.is_available()):
        return "not available here"
    return ""


def run_rung(arguments: argparse.Namespace, number: int) -> dict[str, Any]:
    """Return what a process that measures one rung has found, or why it failed."""
    command = [sys.executable, "-m", "benchmarks.train", "--rung", str(number)]
    for name in ("shape", "kind", "method", "steps", "batch", "length"):
        command += [f"--{name}", str(getattr(arguments, name))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found
    last = (done.stderr.strip().splitlines() or ["no word"])[-1]
    return {"failed": "out of memory" if "OutOfMemory" in done.stderr else last[:80]}


def name_device() -> str:
    """The GPU's name, or the CPU."""
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"


def make_rung(arguments: argparse.Namespace, number: int) -> Rung:
    """The rung that the arguments ask for."""
    names = ("shape", "kind", "method", "steps", "batch", "length")
    told = {name: getattr(arguments, name) for name in names}
    return Rung(rung=number, **told)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", choices=SHAPES, default="toy")
    parser.add_argument("--kind", choices=("sft", "dpo"), default="sft")
    parser.add_argument("--method", choices=("full", "lora"), default="full")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--length", type=int, default=2048)
    parser.add_argument("--rung", type=int)
    return parser.parse_args()


if __name__ == "__main__":
    chosen = parse()
    if chosen.rung is None:
        climb(chosen)
    else:
        print(json.dumps(measure(make_rung(chosen, chosen.rung))))
