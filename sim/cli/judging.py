"""Verbs that judge and check: judges, their audit and agreement, clients beside people, papers.

Every verb imports what it needs when called, so that --help is instant.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from sim.cli import flags
from sim.cli.flags import JsonFlag, LanguageFlag, RunFolder, split_names
from sim.extras import need_extra


def realism(
    folder: RunFolder,
    recovery: Annotated[
        bool, typer.Option("--recovery", help="Guess distortions and attitude; look for leaks.")
    ] = False,
    reader: Annotated[
        str | None, typer.Option(metavar="SPEC", help="A model guesses too; implies --recovery.")
    ] = None,
    embeddings: Annotated[
        str | None, typer.Option(metavar="SPEC", help="An embedding model for the variety.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Say how believable the clients of a run or an import are, beside what is known of people."""
    from sim.quality.realism import Wanted, print_realism

    print_realism(folder, json, Wanted(recovery, reader, embeddings))


def import_corpus(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="JSON or JSON Lines.")],
    form: Annotated[
        Literal["magnet", "cactus", "sharegpt", "openai"],
        typer.Option("--format", help="How the file keeps its sessions."),
    ],
    out: Annotated[Path, typer.Option(help="The folder to make.")],
    counselor: Annotated[str, typer.Option(help="Who spoke as the counselor.")] = "unknown",
    client: Annotated[str, typer.Option(help="Who spoke as the client.")] = "unknown",
    skip_bad: flags.SkipBadFlag = False,
) -> None:
    """Import foreign sessions into a folder that realism, show and replay can read."""
    from sim.corpora.imports import import_sessions

    import_sessions(source, form, out, counselor=counselor, client=client, skip_bad=skip_bad)


def judge(
    folder: RunFolder,
    judges: Annotated[
        str, typer.Option(help="Comma-separated: scripted, names in [models], openai:NAME.")
    ] = "scripted",
    scales: Annotated[
        str, typer.Option(help="Comma-separated: ctrs6, ctrs11, safety, wai12, …, or TOML files.")
    ] = "ctrs6,safety",
    samples: Annotated[int, typer.Option(help="How often a model rates each item.")] = 1,
    config: Annotated[
        Path | None,
        typer.Option(metavar="TOML", help="File with [models] [default: the run's own]."),
    ] = None,
    concurrency: Annotated[
        int | None, typer.Option(help="Judgements at a time [default: 64].")
    ] = None,
    max_cost: flags.MaxCost = None,
    max_tokens: flags.MaxTokens = None,
    json: JsonFlag = False,
) -> None:
    """Judge a run or an import again; verdicts are added, none is changed. Resumes what is owed.

    Exit code: 0 all judged, 1 some failed, 2 bad input or an endpoint that serves no call, 130
    stopped early.
    """
    from sim.judging.judge import judge as judge_run

    given: dict[str, object] = {
        "judges": split_names(judges),
        "scales": split_names(scales),
        "samples": samples,
        "concurrency": concurrency,
        "max_cost": max_cost,
        "max_tokens": max_tokens,
    }
    raise typer.Exit(judge_run(folder, config, given, json))


def audit(
    judges: Annotated[
        str, typer.Option(help="Comma-separated: scripted, a name in [models], openai:NAME.")
    ] = "scripted",
    run: Annotated[
        Path | None, typer.Option(help="Change the sessions of this run instead of own ones.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="Settings with [models], as for `run`.")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="How many clients [default: 12].")] = None,
    language: flags.Language = None,
    scale: Annotated[
        Literal["ctrs6", "ctrs11"], typer.Option(help="What they rate, six items or all eleven.")
    ] = "ctrs11",
    out: Annotated[Path | None, typer.Option(help="Folder for audit.json and audit.md.")] = None,
    json: JsonFlag = False,
) -> None:
    """Say what judges are fit for: known groups, changed sessions, judging again.

    Exit code: 0 no required check failed, 1 one did, 2 bad input or an endpoint that serves no call.
    """
    from sim.judging.audit import audit as audit_judges

    given: dict[str, object] = {"limit": limit, "language": language}
    raise typer.Exit(audit_judges(split_names(judges) or [], scale, run, config, given, out, json))


def agreement(
    folder: RunFolder,
    judges: Annotated[str | None, typer.Option(help="Comma-separated [default: all].")] = None,
    human: Annotated[
        list[Path] | None,
        typer.Option(metavar="CSV", help="A sheet that people filled in; repeatable."),
    ] = None,
    scale: Annotated[
        str | None, typer.Option(help="[default: the run's only one with points]")
    ] = None,
    template: Annotated[
        Path | None, typer.Option(metavar="CSV", help="Write blank sheets and transcripts instead.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Say how far the judges of a run agree, with each other and with people; find who is off."""
    need_extra("agreement", "stats", "numpy")
    from sim.judging.agreement import agreement as compare
    from sim.judging.agreement import write_sheets

    if template is not None:
        write_sheets(folder, scale, template)
        return
    compare(folder, split_names(judges), human or (), scale, json)


def recognize(
    source: Annotated[
        str, typer.Argument(help="builtin, personas, a run or import, labelled texts (.jsonl).")
    ] = "builtin",
    model: Annotated[
        str, typer.Option(help="Who reads: scripted, openai:NAME, local:PATH.")
    ] = "scripted",
    language: LanguageFlag = "en",
    json: JsonFlag = False,
) -> None:
    """Say how well cognitive distortions are named in texts whose distortions are known."""
    need_extra("recognize", "stats", "numpy")
    from sim.quality.recognize import recognize as score_recognition

    score_recognition(source, model, language, json)


def metrics(
    predictions: Annotated[Path, typer.Argument(help="Answers (.jsonl with `output`).")],
    references: Annotated[
        Path | None, typer.Argument(help="Reference answers, paired by `id` or by line.")
    ] = None,
    bertscore: Annotated[
        Path | None, typer.Option(metavar="DIR", help="An encoder's checkpoint, for BERTScore.")
    ] = None,
    bleurt: Annotated[Path | None, typer.Option(metavar="DIR", help="A BLEURT checkpoint.")] = None,
    json: JsonFlag = False,
) -> None:
    """Measure answers to questions as CBT-LLM does: overlap, five parts, corpus statistics."""
    need_extra("metrics", "stats", "sacrebleu", "nltk")
    if bertscore or bleurt:
        need_extra("metrics with a checkpoint", "train", "torch", "transformers")
    from sim.quality.metrics import metrics as measure
    from sim.quality.text_findings import Checkpoints

    measure(predictions, references, Checkpoints(bertscore, bleurt), json)


def reproduce(
    paper: Annotated[Literal["cactus", "crisp", "cbt-llm"], typer.Argument()],
    folder: RunFolder,
    json: JsonFlag = False,
) -> None:
    """Lay a run's results out like the tables of a paper, with the published figures beside them."""
    from evaluators.published import Paper
    from sim.papers.reproduce import reproduce as lay_out

    names: dict[str, Paper] = {"cactus": "cactus", "crisp": "crisp", "cbt-llm": "cbt_llm"}
    lay_out(names[paper], folder, json)
