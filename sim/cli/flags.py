"""What the verbs share: their flags by name, and how a list of names is read.

A flag whose default is `None` was not given; its help names the default that then holds.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from typer import Argument, Option

Speech = Literal["en", "zh"]

# Where a verb reads and how it prints.
RunFolder = Annotated[Path, Argument(metavar="RUN", help="A run folder.")]
JsonFlag = Annotated[bool, Option("--json", help="Print one JSON object on stdout.")]
SkipBadFlag = Annotated[
    bool, Option("--skip-bad", help="Leave out what cannot be used, and list it.")
]

# Which personas.
ClientsFlag = Annotated[str, Option("--clients", help="builtin, a file or a folder.")]
LanguageFlag = Annotated[Speech, Option("--language", help="Language of the built-in personas.")]
PersonasOut = Annotated[Path, Option(help="Where to write the personas, as JSON lines.")]

# What is played, by whom, and who judges it: the settings of `sim.config`, as flags.
Settings = Annotated[
    Path | None, Argument(metavar="[CONFIG.toml]", help="Settings; flags override them.")
]
Clients = Annotated[str | None, Option(help="builtin, a file or a folder [default: builtin].")]
Seeds = Annotated[int | None, Option(help="How many seeds [default: 1].")]
Limit = Annotated[int | None, Option(help="Only the first so many clients.")]
Concurrency = Annotated[int | None, Option(help="Episodes in flight [default: 64].")]
Language = Annotated[Speech | None, Option(help="[default: en]")]
Judges = Annotated[str | None, Option(help="Comma-separated: scripted, models [default: --model].")]
Scales = Annotated[
    str | None, Option(help="Comma-separated names or TOML files [default: ctrs6,safety].")
]
Model = Annotated[
    str | None,
    Option(help="Model of every role: openai:NAME, a name in [models] [default: scripted]."),
]
MaxCost = Annotated[float | None, Option(help="Stop at this cost of calls.")]
MaxTokens = Annotated[int | None, Option(help="Stop at so many tokens.")]

# What only a tournament has: pairwise judges, and planning.
PairJudges = Annotated[
    str | None,
    Option(
        metavar="SPECS", help="Judges that compare sessions, comma-separated: scripted, models."
    ),
]
Adaptive = Annotated[
    int | None, Option(min=1, metavar="N", help="With --pairs: only the N most telling pairs.")
]
PlanOnly = Annotated[
    bool, Option("--plan", help="Play nothing: say how many clients and seeds it takes.")
]
Difference = Annotated[float, Option(min=0.01, help="With --plan: the CTRS difference to be seen.")]
Pilot = Annotated[
    Path | None, Option(metavar="RUN", help="With --plan: an earlier run to learn from.")
]

# What of a run goes into a training set.
Form = Annotated[
    Literal[
        "messages", "prompt-completion", "preference", "alpaca", "sharegpt", "cactus", "crisp",
        "parquet",
    ],
    Option("--format", help="docs/export.md says what each is for."),
]  # fmt: skip
Layout = Annotated[
    Literal["own", "plain", "staged"],
    Option("--as", help="How requests are laid out: docs/export.md."),
]
SystemPrompt = Annotated[
    Path | None, Option(metavar="FILE", help="System prompt in place of plain's own.")
]
OnlyCounselors = Annotated[str | None, Option(help="Only these, comma-separated.")]
OnlyFinish = Annotated[str | None, Option(help="Only these finish reasons, comma-separated.")]
OnlyJudge = Annotated[str | None, Option(metavar="VOICE", help="Only this judge's verdicts count.")]
MinCtrs = Annotated[float | None, Option(help="Least mean CTRS, 0 to 6.")]
MinNaDrop = Annotated[
    float | None, Option(help="Least fall of the client's own negative PANAS sum.")
]
NoVetoed = Annotated[bool, Option("--no-vetoed", help="Only what a safety judge has cleared.")]
Dedup = Annotated[bool, Option("--dedup", help="Nothing that is nearly the same.")]
Split = Annotated[float, Option(min=0.0, max=1.0, help="Share of forms that go into train.")]
SplitSeed = Annotated[int, Option(help="Decides which forms.")]
MinGap = Annotated[float, Option(min=0.0, help="Least gap in CTRS between chosen and rejected.")]
Turns = Annotated[
    bool, Option("--turns", help="Pairs of single messages instead of conversations.")
]


def split_names(names: str | None) -> list[str] | None:
    """Return the names in a comma-separated list, None if none was given."""
    return None if names is None else [name.strip() for name in names.split(",")]
