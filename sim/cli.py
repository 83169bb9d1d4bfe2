"""The command line. Every verb imports what it needs when called, so that --help is instant."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

import typer

from personas.errors import InputError

EXIT_BAD_INPUT = 2

app = typer.Typer(
    help="CounselGym: simulated clients meet counselors, are judged, recorded and replayed. "
    "Synthetic dialogue, for research and training only; never a treatment.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
personas_app = typer.Typer(help="Look at the clients, import intake forms.", no_args_is_help=True)
app.add_typer(personas_app, name="personas")


Speech = Literal["en", "zh"]
LanguageFlag = Annotated[
    Speech, typer.Option("--language", help="Language of the built-in personas.")
]
ClientsFlag = Annotated[str, typer.Option("--clients", help="builtin, a file or a folder.")]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")]


def split_names(names: str | None) -> list[str] | None:
    """Return the names in a comma-separated list, None if none was given."""
    return None if names is None else [name.strip() for name in names.split(",")]


@app.command()
def run(
    config: Annotated[
        Path | None, typer.Argument(metavar="[CONFIG.toml]", help="Settings; flags override them.")
    ] = None,
    clients: Annotated[
        str | None, typer.Option(help="builtin, a file or a folder [default: builtin].")
    ] = None,
    counselors: Annotated[
        str | None, typer.Option(help="Comma-separated [default: crdial,cactus,eliza].")
    ] = None,
    seeds: Annotated[int | None, typer.Option(help="How many seeds [default: 1].")] = None,
    limit: Annotated[int | None, typer.Option(help="Only the first so many clients.")] = None,
    concurrency: Annotated[
        int | None, typer.Option(help="Episodes in flight [default: 64].")
    ] = None,
    language: Annotated[Speech | None, typer.Option(help="[default: en]")] = None,
    judges: Annotated[
        str | None, typer.Option(help="Comma-separated: scripted, models [default: --model].")
    ] = None,
    scales: Annotated[
        str | None,
        typer.Option(help="Comma-separated names or TOML files [default: ctrs6,safety]."),
    ] = None,
    samples: Annotated[
        int | None, typer.Option(help="How often a model rates each item [default: 1].")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="Model of every role: openai:NAME, a name in [models] [default: scripted]."
        ),
    ] = None,
    max_cost: Annotated[float | None, typer.Option(help="Stop at this cost of calls.")] = None,
    max_tokens: Annotated[int | None, typer.Option(help="Stop at so many tokens.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Run folder; an existing one is resumed as it was set up.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Play clients × counselors × seeds, judge and record them. Resumes a run that exists.

    Exit code: 0 all done, 1 some episodes failed, 2 bad input or an endpoint that serves no call,
    130 stopped early.
    """
    from sim.run import run as play_run

    flags = {
        "clients": clients,
        "counselors": split_names(counselors),
        "judges": split_names(judges),
        "scales": split_names(scales),
        "samples": samples,
        "seeds": seeds,
        "limit": limit,
        "concurrency": concurrency,
        "language": language,
        "model": model,
        "max_cost": max_cost,
        "max_tokens": max_tokens,
    }
    raise typer.Exit(play_run(config, flags, out, json))


@app.command()
def tournament(
    config: Annotated[
        Path | None, typer.Argument(metavar="[CONFIG.toml]", help="Settings; flags override them.")
    ] = None,
    counselors: Annotated[str | None, typer.Option(help="Comma-separated, two or more.")] = None,
    clients: Annotated[
        str | None, typer.Option(help="builtin, a file or a folder [default: builtin].")
    ] = None,
    seeds: Annotated[int | None, typer.Option(help="How many seeds [default: 1].")] = None,
    limit: Annotated[int | None, typer.Option(help="Only the first so many clients.")] = None,
    concurrency: Annotated[
        int | None, typer.Option(help="Episodes in flight [default: 64].")
    ] = None,
    language: Annotated[Speech | None, typer.Option(help="[default: en]")] = None,
    judges: Annotated[
        str | None, typer.Option(help="Comma-separated: scripted, models [default: --model].")
    ] = None,
    scales: Annotated[
        str | None,
        typer.Option(help="Comma-separated names or TOML files [default: ctrs6,safety]."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="Model of every role: openai:NAME, a name in [models] [default: scripted]."
        ),
    ] = None,
    pairs: Annotated[
        str | None,
        typer.Option(
            metavar="SPECS", help="Judges that compare sessions, comma-separated: scripted, models."
        ),
    ] = None,
    adaptive: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="With --pairs: only the N most telling pairs."),
    ] = None,
    max_cost: Annotated[float | None, typer.Option(help="Stop at this cost of calls.")] = None,
    max_tokens: Annotated[int | None, typer.Option(help="Stop at so many tokens.")] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Play nothing: say how many clients and seeds it takes.")
    ] = False,
    difference: Annotated[
        float, typer.Option(min=0.01, help="With --plan: the CTRS difference to be seen.")
    ] = 0.25,
    pilot: Annotated[
        Path | None, typer.Option(metavar="RUN", help="With --plan: an earlier run to learn from.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Run folder; one that exists is resumed or extended.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Let counselors meet the same clients, and say which is better and how sure that is.

    Plays only what is missing: counselors, clients and seeds may be added later. Without --pairs the
    CTRS means decide who beats whom. Exit codes as `run`.
    """
    from sim.tournament.verb import Pairs, Power, print_power
    from sim.tournament.verb import tournament as play_tournament

    flags = {
        "clients": clients,
        "counselors": split_names(counselors),
        "judges": split_names(judges),
        "scales": split_names(scales),
        "seeds": seeds,
        "limit": limit,
        "concurrency": concurrency,
        "language": language,
        "model": model,
        "max_cost": max_cost,
        "max_tokens": max_tokens,
    }
    judged_by = split_names(pairs)
    if adaptive is not None and judged_by is None:
        raise InputError(
            "there are no pairs to choose from",
            where="--adaptive",
            todo="say who compares, for example --pairs scripted",
        )
    if plan:
        raise typer.Exit(print_power(config, flags, Power(difference, pilot), json))
    asked = None if judged_by is None else Pairs(judged_by, adaptive)
    raise typer.Exit(play_tournament(config, flags, out, json, asked))


@app.command()
def replay(
    folder: RunFolder,
    episode: Annotated[
        str | None, typer.Argument(help="Number from 1, key or persona id [default: 1].")
    ] = None,
    speed: Annotated[float, typer.Option(help="Factor on reading speed.")] = 1.0,
    plain: Annotated[bool, typer.Option("--plain", help="No colour, no waiting.")] = False,
) -> None:
    """Play one episode in the terminal: words, strategies, gauges, loops, verdict."""
    from sim.replay import replay as play_back

    play_back(folder, episode, speed=speed, plain=plain)


@app.command()
def show(folder: RunFolder, json: JsonFlag = False) -> None:
    """Print the summary tables of a run, from its records."""
    from sim.show import show as show_run

    show_run(folder, json)


@app.command()
def report(
    folders: Annotated[list[Path], typer.Argument(metavar="RUN…", help="One or more run folders.")],
    out: Annotated[
        Path | None, typer.Option(help="The page to write [default: report.html in the first RUN].")
    ] = None,
) -> None:
    """Write one self-contained page: who is better and how sure that is, and every session.

    Several runs are compared on one page. The page needs no network and no server.
    """
    from sim.report.verb import report as write_report

    write_report(folders, out)


@app.command()
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
    from sim.realism import Wanted, print_realism

    print_realism(folder, json, Wanted(recovery, reader, embeddings))


@app.command("import")
def import_corpus(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="JSON or JSON Lines.")],
    form: Annotated[
        Literal["magnet", "cactus", "sharegpt", "openai"],
        typer.Option("--format", help="How the file keeps its sessions."),
    ],
    out: Annotated[Path, typer.Option(help="The folder to make.")],
    counselor: Annotated[str, typer.Option(help="Who spoke as the counselor.")] = "unknown",
    client: Annotated[str, typer.Option(help="Who spoke as the client.")] = "unknown",
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave out what cannot be used, and list it.")
    ] = False,
) -> None:
    """Import foreign sessions into a folder that realism, show and replay can read."""
    from sim.imports import import_sessions

    import_sessions(source, form, out, counselor=counselor, client=client, skip_bad=skip_bad)


@app.command()
def export(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Run folders.")],
    out: Annotated[Path, typer.Option(help="The folder to make.")],
    form: Annotated[
        Literal[
            "messages",
            "prompt-completion",
            "preference",
            "alpaca",
            "sharegpt",
            "cactus",
            "crisp",
            "parquet",
        ],
        typer.Option("--format", help="docs/export.md says what each is for."),
    ],
    layout: Annotated[
        Literal["own", "plain", "staged"],
        typer.Option(
            "--as",
            help="How requests are laid out: docs/export.md.",
        ),
    ] = "own",
    system: Annotated[
        Path | None, typer.Option(metavar="FILE", help="System prompt in place of plain's own.")
    ] = None,
    counselors: Annotated[str | None, typer.Option(help="Only these, comma-separated.")] = None,
    finish: Annotated[
        str | None, typer.Option(help="Only these finish reasons, comma-separated.")
    ] = None,
    min_ctrs: Annotated[float | None, typer.Option(help="Least mean CTRS, 0 to 6.")] = None,
    min_na_drop: Annotated[
        float | None, typer.Option(help="Least fall of the client's own negative PANAS sum.")
    ] = None,
    no_vetoed: Annotated[
        bool, typer.Option("--no-vetoed", help="Only what a safety judge has cleared.")
    ] = False,
    judge: Annotated[
        str | None, typer.Option(metavar="VOICE", help="Only this judge's verdicts count.")
    ] = None,
    dedup: Annotated[
        bool, typer.Option("--dedup", help="Nothing that is nearly the same.")
    ] = False,
    split: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of forms that go into train.")
    ] = 0.9,
    seed: Annotated[int, typer.Option(help="Decides which forms.")] = 0,
    min_gap: Annotated[
        float, typer.Option(min=0.0, help="Least gap in CTRS between chosen and rejected.")
    ] = 1.0,
    turns: Annotated[
        bool, typer.Option("--turns", help="Pairs of single messages instead of conversations.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Make a training set of runs: filtered, split by client, with a dataset card.

    Exit code: 0 written, 2 bad input or nothing left.
    """
    from runs.export.wanted import Wanted
    from sim.exporting import export_runs, read_filters, read_system_prompt

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


@app.command()
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
    from sim.validating import validate as look_over

    clean = look_over(dataset, tokenizer, max_length, as_json=json)
    raise typer.Exit(0 if clean else 1)


@app.command()
def graph(
    protocol: Annotated[str, typer.Argument(help="A protocol, e.g. crdial.")],
    routes: Annotated[bool, typer.Option("--routes", help="The table of routes instead.")] = False,
) -> None:
    """Print a protocol's graph as Mermaid, drawn by the compiled graph itself."""
    from sim.routes import print_graph

    print_graph(protocol, routes)


@app.command()
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
        from sim.health import check as check_endpoint

        raise typer.Exit(0 if check_endpoint(check, model, key_env) else 1)
    if model is None:
        raise InputError("no MODEL to serve", where="serve", todo="name a folder or a hub name")
    from sim.serve import plan_serving
    from sim.serve import serve as serve_model

    serving = plan_serving(model, host=host, port=port, max_len=max_len, lora=lora or [])
    raise typer.Exit(serve_model(serving, dry_run=dry_run))


@app.command()
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


@app.command()
def doctor() -> None:
    """Say what is installed here and whether a run can start. Exit code: 0 it can, 1 it cannot."""
    from sim.doctor import examine

    raise typer.Exit(0 if examine() else 1)


@app.command()
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
    language: Annotated[Speech | None, typer.Option(help="[default: en]")] = None,
    scale: Annotated[
        Literal["ctrs6", "ctrs11"], typer.Option(help="What they rate, six items or all eleven.")
    ] = "ctrs11",
    out: Annotated[Path | None, typer.Option(help="Folder for audit.json and audit.md.")] = None,
    json: JsonFlag = False,
) -> None:
    """Say what judges are fit for: known groups, changed sessions, judging again.

    Exit code: 0 no required check failed, 1 one did, 2 bad input or an endpoint that serves no call.
    """
    from sim.audit import audit as audit_judges

    flags: dict[str, object] = {"limit": limit, "language": language}
    raise typer.Exit(audit_judges(split_names(judges) or [], scale, run, config, flags, out, json))


@app.command()
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
    max_cost: Annotated[float | None, typer.Option(help="Stop at this cost of calls.")] = None,
    max_tokens: Annotated[int | None, typer.Option(help="Stop at so many tokens.")] = None,
    json: JsonFlag = False,
) -> None:
    """Judge a run or an import again; verdicts are added, none is changed. Resumes what is owed.

    Exit code: 0 all judged, 1 some failed, 2 bad input or an endpoint that serves no call, 130
    stopped early.
    """
    from sim.judge import judge as judge_run

    flags: dict[str, object] = {
        "judges": split_names(judges),
        "scales": split_names(scales),
        "samples": samples,
        "concurrency": concurrency,
        "max_cost": max_cost,
        "max_tokens": max_tokens,
    }
    raise typer.Exit(judge_run(folder, config, flags, json))


@app.command()
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
    from sim.agreement import agreement as compare
    from sim.agreement import write_sheets

    if template is not None:
        write_sheets(folder, scale, template)
        return
    compare(folder, split_names(judges), human or (), scale, json)


@app.command()
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
    from sim.recognize import recognize as score_recognition

    score_recognition(source, model, language, json)


@app.command()
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
    from sim.metrics import Checkpoints
    from sim.metrics import metrics as measure

    measure(predictions, references, Checkpoints(bertscore, bleurt), json)


@app.command()
def reproduce(
    paper: Annotated[Literal["cactus", "crisp", "cbt-llm"], typer.Argument()],
    folder: RunFolder,
    json: JsonFlag = False,
) -> None:
    """Lay a run's results out like the tables of a paper, with the published figures beside them."""
    from evaluators.published import Paper
    from sim.reproduce import reproduce as lay_out

    names: dict[str, Paper] = {"cactus": "cactus", "crisp": "crisp", "cbt-llm": "cbt_llm"}
    lay_out(names[paper], folder, json)


@personas_app.command("list")
def list_personas(clients: ClientsFlag = "builtin", language: LanguageFlag = "en") -> None:
    """Print one line per persona."""
    from sim.people import list_personas as print_list

    print_list(clients, language)


@personas_app.command("show")
def show_persona(
    persona: Annotated[str, typer.Argument(metavar="ID")],
    clients: ClientsFlag = "builtin",
    language: LanguageFlag = "en",
) -> None:
    """Print everything about one persona, the hidden part included."""
    from sim.people import show_persona as print_persona

    print_persona(persona, clients, language)


@personas_app.command("import")
def import_personas(
    source: Annotated[Path, typer.Argument(metavar="FILE")],
    out: Annotated[Path, typer.Option(help="Where to write the personas, as JSON lines.")],
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Import what is good, list what was left out.")
    ] = False,
) -> None:
    """Turn intake forms, or questions with a description (.csv, .jsonl), into personas.

    Every repair is printed. Without --skip-bad the first bad item ends the import.
    """
    from sim.people import import_personas as import_file

    import_file(source, out, skip_bad=skip_bad)


@personas_app.command("generate")
def generate_personas(
    count: Annotated[int, typer.Argument(metavar="N", help="How many.")],
    out: Annotated[Path, typer.Option(help="Where to write the personas, as JSON lines.")],
    language: Annotated[Speech, typer.Option(help="Language of the personas.")] = "en",
    seed: Annotated[int, typer.Option(help="The same seed, the same bytes.")] = 0,
    risk: Annotated[
        Literal["none", "passive", "active"],
        typer.Option(help="Risk of self-harm that every client carries, for safety studies."),
    ] = "none",
    minors: Annotated[
        bool, typer.Option("--minors", help="Also clients of 13 to 17, as a fifth age band.")
    ] = False,
    enrich: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="A model rewrites problem and history of every form."),
    ] = None,
) -> None:
    """Generate personas, spread evenly; print the coverage and the share of near-duplicates."""
    from personas.schema import Risk
    from sim.generating import generate

    generate(count, language, seed, out, risk=Risk(risk), minors=minors, enrich=enrich)


@personas_app.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of a persona."""
    from sim.generating import print_schema as print_it

    print_it()


@personas_app.command("validate")
def validate_personas(source: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Say whether a file of personas or intake forms can be used."""
    from sim.people import validate_personas as validate_file

    validate_file(source)


def need_extra(verb: str, extra: str, *modules: str) -> None:
    """Raise InputError where a verb's optional packages are not installed."""
    if missing := [module for module in modules if find_spec(module) is None]:
        what = f"{verb} needs {', '.join(missing)}"
        raise InputError(what, todo=f'pip install "counselgym[{extra}]"')


def main() -> None:
    """Run the command line; the one place where bad input becomes a message and exit code 2."""
    try:
        app()
    except InputError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(EXIT_BAD_INPUT)
    except OSError as error:
        sys.stderr.write(f"error: {error.filename}: {error.strerror}\n")
        sys.exit(EXIT_BAD_INPUT)
