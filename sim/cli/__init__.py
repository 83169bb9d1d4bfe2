"""The command line: which verbs there are, and the one place where bad input becomes exit code 2."""

from __future__ import annotations

import sys

import typer

from personas.errors import InputError
from sim.cli import clients, judging, playing, training

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

app.command()(playing.run)
app.command()(playing.tournament)
app.command()(playing.replay)
app.command()(playing.show)
app.command()(playing.report)
app.command()(playing.graph)
app.command()(judging.realism)
app.command("import")(judging.import_corpus)
app.command()(judging.judge)
app.command()(judging.audit)
app.command()(judging.agreement)
app.command()(judging.recognize)
app.command()(judging.metrics)
app.command()(judging.reproduce)
app.command()(training.export)
app.command()(training.validate)
app.command()(training.finetune)
app.command()(training.loop)
app.command()(training.serve)
app.command()(training.doctor)
personas_app.command("list")(clients.list_personas)
personas_app.command("show")(clients.show_persona)
personas_app.command("import")(clients.import_personas)
personas_app.command("generate")(clients.generate_personas)
personas_app.command("schema")(clients.print_schema)
personas_app.command("validate")(clients.validate_personas)


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
