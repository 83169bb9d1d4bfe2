"""What is written about a set: the dataset card, the manifest, and LLaMA-Factory's description."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from runs.export.account import Account
from runs.export.files import name_file
from runs.export.split import SIDES
from runs.export.wanted import Run, Wanted

CARD = "README.md"
MANIFEST = "export.json"
NOTICE = "Synthetic. No real client. Not for clinical use."
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"))
_SCRIPTED = "scripted"
_COLUMNS: Mapping[str, Mapping[str, object]] = {
    "sharegpt": {
        "formatting": "sharegpt",
        "columns": {"messages": "conversations", "system": "system"},
    },
    "alpaca": {
        "formatting": "alpaca",
        "columns": {"prompt": "instruction", "query": "input", "response": "output"},
    },
}


def describe(account: Account, wanted: Wanted, runs: Sequence[Run]) -> dict[str, object]:
    """Return the manifest: what was asked, of which runs, and the account."""
    return {
        "notice": NOTICE,
        "counselgym": version("counselgym"),
        "format": wanted.form,
        "layout": wanted.layout,
        "system_prompt": wanted.system_prompt,
        "split": wanted.split,
        "seed": wanted.seed,
        "min_gap": wanted.min_gap if wanted.form == "preference" else None,
        "filters": {
            **asdict(wanted.filters),
            "finishes": [f.value for f in wanted.filters.finishes],
        },
        "runs": [
            {"name": run.name, "path": str(run.folder.resolve()), "config": run.config}
            for run in runs
        ],
        **account.as_dict(),
    }


def write_info(folder: Path, account: Account, wanted: Wanted, name: str) -> None:
    """Write `dataset_info.json` for the formats that LLaMA-Factory reads."""
    if wanted.form not in _COLUMNS:
        return
    info = {
        f"{name}_{side}": {"file_name": name_file(wanted.form, side), **_COLUMNS[wanted.form]}
        for side in SIDES
        if account.rows[side]
    }
    text = json.dumps(info, indent=2)
    (folder / "dataset_info.json").write_text(f"{text}\n", encoding="utf-8")


def write_card(account: Account, wanted: Wanted, runs: Sequence[Run], name: str) -> str:
    """Return the dataset card: a YAML header that `datasets` reads, then what one must know."""
    return "\n".join((*_header(account, wanted, name), "", *_body(account, wanted, runs, name), ""))


def _header(account: Account, wanted: Wanted, name: str) -> list[str]:
    rows = sum(account.rows.values())
    size = next((word for bound, word in _SIZES if rows < bound), "100K<n<1M")
    files = [
        line
        for side in SIDES
        if account.rows[side]
        for line in (f"  - split: {side}", f"    path: {name_file(wanted.form, side)}")
    ]
    return [
        "---",
        f"pretty_name: {json.dumps(name, ensure_ascii=False)}",
        f"language: [{', '.join(sorted(account.languages))}]",
        f"license: {'apache-2.0' if _is_ours(account) else 'other'}",
        "task_categories: [text-generation]",
        "tags: [synthetic, counseling, counselgym, not-for-clinical-use]",
        f"size_categories: [{size}]",
        "configs:",
        "- config_name: default",
        "  data_files:",
        *files,
        "---",
    ]


def _is_ours(account: Account) -> bool:
    """Tell whether every word was written by this project: scripted voices, its own personas."""
    speakers = {name for part in ("client", "counselor") for name in account.voices.get(part, ())}
    return speakers == {_SCRIPTED} and set(account.sources) <= {"builtin", "generated"}


def _body(account: Account, wanted: Wanted, runs: Sequence[Run], name: str) -> list[str]:
    return [
        f"# {name}",
        "",
        f"**{NOTICE}** Every client is invented; who spoke stands below. For research and training"
        " only, never a treatment.",
        "",
        f"Written by counselgym {version('counselgym')}, `export --format {wanted.form}`.",
        "",
        "## Who speaks, who judges",
        "",
        "| part | voice | episodes |",
        "|---|---|---|",
        *(
            f"| {part} | {voice} | {count} |"
            for part, voices in account.voices.items()
            for voice, count in sorted(voices.items())
        ),
        "",
        f"Counselors: {_list(account.counselors)}. Laid out as: {_list(account.protocols)}."
        f" Client forms from: {_list(account.sources)}."
        f" Seeds: {', '.join(map(str, sorted(account.seeds)))}."
        + (f" Judge that counts: {wanted.filters.judge}." if wanted.filters.judge else ""),
        "",
        "## Runs",
        "",
        *(f"- `{run.name}`, configuration {run.config}" for run in runs),
        "",
        "## What is in it and what was left out",
        "",
        _asked(wanted),
        "",
        *_filters(account),
        "",
        *_splits(account, wanted),
        "",
        *_layout(account),
        "",
        "## Licence",
        "",
        _licence(account),
    ]


def _asked(wanted: Wanted) -> str:
    """Name the filters that were set."""
    filters = wanted.filters
    parts = [
        f"counselors {', '.join(filters.counselors)}" if filters.counselors else "",
        f"finish {', '.join(filters.finishes)}" if filters.finishes else "",
        "" if filters.min_ctrs is None else f"mean CTRS at least {filters.min_ctrs:g}",
        "" if filters.min_na_drop is None else f"NA fell by at least {filters.min_na_drop:g}",
        "cleared by a safety judge" if filters.no_vetoed else "",
        "nothing that is nearly the same" if filters.dedup else "",
        "of each client the best rated session" if filters.best else "",
        f"pairs {wanted.min_gap:g} apart on the CTRS" if wanted.form == "preference" else "",
    ]
    return f"Asked for: {'; '.join(filter(None, parts)) or 'everything'}."


def _filters(account: Account) -> list[str]:
    def share(count: int) -> str:
        return f"{100 * count / account.read:.1f} %"

    return [
        "| episodes | count | share |",
        "|---|---|---|",
        f"| read | {account.read} | {share(account.read)} |",
        *(
            f"| left out: {reason} | {count} | {share(count)} |"
            for reason, count in account.dropped.most_common()
        ),
        f"| kept | {account.kept} | {share(account.kept)} |",
    ]


def _splits(account: Account, wanted: Wanted) -> list[str]:
    return [
        f"Split by intake form (share {wanted.split:g}, seed {wanted.seed}); all personas of a form are"
        " on one side.",
        "",
        "| split | forms | episodes | rows |",
        "|---|---|---|---|",
        *(
            f"| {side} | {len(account.forms[side])} | {account.episodes[side]} | {account.rows[side]} |"
            for side in SIDES
        ),
    ]


def _layout(account: Account) -> list[str]:
    if not account.messages:
        return ["Not laid out as at play; docs/export.md says what this format is for."]
    lines = [
        f"{account.messages} messages of the counselor, {account.exact} of them behind the very request"
        " that a model meets at play."
    ]
    if account.repeated:
        lines.append(f"{account.repeated} rows that say the very same as another are left out.")
    if account.cut:
        lines.append(f"{account.cut} sessions are cut where play would be over by the clock.")
    return lines


def _licence(account: Account) -> str:
    if _is_ours(account):
        return "Apache-2.0: all words were written by scripted voices of CounselGym for its own clients."
    reasons = []
    models = {
        voice
        for part in ("client", "counselor")
        for voice in account.voices.get(part, ())
        if voice != _SCRIPTED
    }
    if models:
        reasons.append(
            f"the terms of the models that spoke hold for their words ({', '.join(sorted(models))})"
        )
    foreign = set(account.sources) - {"builtin", "generated"}
    if foreign:
        reasons.append(
            f"the licence of the forms' source holds for what is told of the clients "
            f"({', '.join(sorted(foreign))})"
        )
    return f"Not ours to give: {'; '.join(reasons)}. Settle this before passing the set on."


def _list(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in sorted(counts.items()))
