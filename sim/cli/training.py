"""Verbs around models: export, validate, finetune, serve, doctor.

Every verb imports what it needs when called, so that --help is instant.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from personas.errors import InputError
from sim.cli import flags
from sim.cli.flags import JsonFlag


def export(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Run folders.")],
    out: Annotated[Path, typer.Option(help="The folder to make.")],
    form: flags.Form,
    layout: flags.Layout = "own",
    system: flags.SystemPrompt = None,
    counselors: flags.OnlyCounselors = None,
    finish: flags.OnlyFinish = None,
    min_ctrs: flags.MinCtrs = None,
    min_na_drop: flags.MinNaDrop = None,
    no_vetoed: flags.NoVetoed = False,
    judge: flags.OnlyJudge = None,
    dedup: flags.Dedup = False,
    split: flags.Split = 0.9,
    seed: flags.SplitSeed = 0,
    min_gap: flags.MinGap = 1.0,
    turns: flags.Turns = False,
    json: JsonFlag = False,
) -> None:
    """Make a training set of runs: filtered, split by client, with a dataset card.

    Exit code: 0 written, 2 bad input or nothing left.
    """
    from runs.export.wanted import Wanted
    from sim.corpora.exporting import export_runs, read_filters, read_system_prompt

    fields = {
        "min_ctrs": min_ctrs,
        "min_na_drop": min_na_drop,
        "no_vetoed": no_vetoed,
        "dedup": dedup,
        "judge": judge,
    }
    filters = read_filters(counselors, finish, fields)
    prompt = read_system_prompt(system)
    wanted = Wanted(form, filters, layout, prompt, split, seed, min_gap, turns)
    export_runs(runs, wanted, out, as_json=json)


def validate(
    dataset: Annotated[Path, typer.Argument(metavar="DATASET", help="A folder or a file of rows.")],
    tokenizer: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="Also count tokens and decode which ones bear loss."),
    ] = None,
    max_length: Annotated[
        int | None, typer.Option(min=1, help="Tokens of a row, at most; needs --tokenizer.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Look a training set over: roles, order, whole messages, overlaps, hidden lines, loss.

    Exit code: 0 nothing found, 1 findings, 2 it cannot be read.
    """
    from sim.corpora.validating import validate as look_over

    clean = look_over(dataset, tokenizer, max_length, as_json=json)
    raise typer.Exit(0 if clean else 1)


def finetune(
    kind: Annotated[
        Literal["sft", "dpo"], typer.Argument(metavar="sft|dpo", help="On sessions, or on pairs.")
    ],
    config: Annotated[
        Path, typer.Argument(metavar="CONFIG.toml", help="Settings of the training.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print steps, tokens, cuts and memory; train nothing.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the last checkpoint in `out`.")
    ] = False,
) -> None:
    """Train a counselor on an export: a model's weights, an adapter, or a tiny model from nothing."""
    from sim.training.finetune import finetune as train

    train(kind, config, dry_run=dry_run, resume=resume)


def serve(
    model: Annotated[
        str | None, typer.Argument(metavar="MODEL", help="A checkpoint's folder or hub name.")
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    max_len: Annotated[
        int | None, typer.Option(min=1, help="Longest prompt and reply, in tokens.")
    ] = None,
    lora: Annotated[
        list[str] | None, typer.Option(metavar="NAME=PATH", help="A LoRA adapter; repeatable.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print, run nothing.")] = False,
    check: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Serve nothing: examine an endpoint that is running."),
    ] = None,
    key_env: Annotated[
        str, typer.Option(metavar="NAME", help="Variable with the key for --check.")
    ] = "OPENAI_API_KEY",
) -> None:
    """Serve a model with vLLM: print the command, run it, print the table for the configuration.

    With --check URL, say what an OpenAI-compatible endpoint supports instead; MODEL then chooses
    among several. Exit code: vLLM's own; with --check 0 a run can use it, 1 it cannot.
    """
    if check is not None:
        from sim.serving.health import check as check_endpoint

        raise typer.Exit(0 if check_endpoint(check, model, key_env) else 1)
    if model is None:
        raise InputError("no MODEL to serve", where="serve", todo="name a folder or a hub name")
    from sim.serving.serve import plan_serving
    from sim.serving.serve import serve as serve_model

    serving = plan_serving(model, host=host, port=port, max_len=max_len, lora=lora or [])
    raise typer.Exit(serve_model(serving, dry_run=dry_run))


def doctor() -> None:
    """Say what is installed here and whether a run can start. Exit code: 0 it can, 1 it cannot."""
    from sim.serving.doctor import examine

    raise typer.Exit(0 if examine() else 1)
