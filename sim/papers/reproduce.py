"""The verb `reproduce`: a run's results laid out like a paper's tables, published figures beside."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from statistics import fmean

from evaluators.published import Paper, load_published
from evaluators.text_metrics.corpus import describe_corpus
from evaluators.text_metrics.structure import PARTS, summarize_structure
from personas.errors import InputError
from personas.schema import Attitude, Distortion, Language
from sim.console import open_stdout
from sim.counting.summary import AffectPart, median_of
from sim.counting.tables import name_voices
from sim.judging.judged import ScalePart
from sim.papers.facts import PaperFacts, gather_facts
from sim.papers.tables import Number, PaperRow, PaperTable, draw_paper_table, make_row

_CTRS = (
    "understanding",
    "interpersonal",
    "collaboration",
    "guided_discovery",
    "focus",
    "strategy",
)
_RUBRIC = ("relevance", "cbt_structure", "helpfulness")


def reproduce(paper: Paper, folder: Path, json_out: bool) -> None:
    """Print the tables of a paper with a run's figures, or one JSON object."""
    facts = gather_facts(folder)
    tables = list(_PAPERS[paper](facts, folder))
    source, voices = load_published(paper)["source"], name_voices(facts.summary)
    if json_out:
        head = {"paper": paper, "source": source, "folder": str(folder), "voices": voices}
        told = [asdict(table) for table in tables]
        json.dump({**head, "tables": told}, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    console = open_stdout()
    console.print(f"{folder} after {source}: {facts.summary.episodes} episodes; {voices}")
    for table in tables:
        console.print(draw_paper_table(table))


def lay_out_cactus(facts: PaperFacts, _: Path) -> Iterator[PaperTable]:
    """Yield CTRS by counselor, PANAS by attitude, the corpus, and the techniques that were chosen."""
    known = load_published("cactus")
    ours = tuple(
        make_row(name, (*_CTRS, "mean"), _average_items(part))
        for name, part in sorted(_find_ctrs(facts).items())
    )
    yield PaperTable(
        "CTRS by counselor (0 to 6)",
        "counselor",
        (*(name.replace("_", " ") for name in _CTRS), "mean"),
        (*ours, *_published(known["ctrs"], (*_CTRS, "mean"))),
        "the paper's judge is GPT-4o, one sample, an unreadable reply counted as 0; here the run's "
        "judges, and what is missing is missing",
    )
    yield PaperTable(
        "PANAS by attitude (means of the items, 1 to 5)",
        "attitude",
        ("PA before", "PA after", "change", "NA before", "NA after", "change", "n"),
        tuple(_affect_row(name, part, 10) for name, part in _in_order(facts)),
        "here self-report in character, before and after; in the paper an LLM reads intake form and "
        "transcript, and its reading before cannot differ by attitude",
    )
    dialogues = {"dialogues": facts.summary.episodes, "turns_median": median_of(facts.turns)}
    yield PaperTable(
        "Corpus",
        "",
        ("dialogues", "turns, median"),
        (
            make_row("this run", ("dialogues", "turns_median"), dialogues),
            make_row("Cactus", ("dialogues", "turns_median"), known["corpus"], published=True),
        ),
        "the published corpus keeps sessions with a CTRS of 5 or more only; here nothing is left out",
    )
    if facts.techniques:
        yield _counts("Techniques chosen by `cactus`", "technique", facts.techniques)


def lay_out_crisp(facts: PaperFacts, folder: Path) -> Iterator[PaperTable]:
    """Yield the corpus of `crdial` sessions, PANAS sums, and the shares of distortions and strategies."""
    known, staged = load_published("crisp"), facts.staged
    if not staged.dialogues:
        raise _lacks("crdial", folder)
    ours: dict[str, Number] = {
        "dialogues": staged.dialogues,
        "utterances_per_dialogue": staged.turns.mean,
        "mtld": staged.mtld.mean,
        "channels": staged.channels.mean,
        "loops": staged.loops.mean,
        "strategies_per_utterance": staged.strategies_per_turn.mean,
    }
    yield PaperTable(
        "Corpus of staged sessions",
        "",
        tuple(key.replace("_", " ") for key in ours),
        (
            make_row("crdial, this run", tuple(ours), ours),
            make_row("Crisp", tuple(ours), known["corpus"], published=True),
        ),
        "here one session per client and seed, MTLD by session; Crisp counts several dialogues per "
        "situation, and its loops over them",
    )
    rows = (_affect_row(name, part, 1) for name, part in facts.summary.affect_by_counselor.items())
    keys = ("pa_before", "pa_after", "pa_percent", "na_before", "na_after", "na_percent", "n")
    yield PaperTable(
        "PANAS (sums, 10 to 50)",
        "counselor",
        ("PA before", "PA after", "change %", "NA before", "NA after", "change %", "n"),
        (*(_in_percent(row) for row in rows), *_published(known["panas"], keys)),
        "Crisp's are people in an intervention study; here simulated clients report in character, and "
        "the size of the effects is a design choice of the simulator",
    )
    yield _shares(
        "Distortions worked on (%)",
        "distortion",
        staged.distortions,
        {kind.value: known["distortions"].get(kind.value) for kind in Distortion},
        "here what the counselor took a channel's thought to be; Crisp's are labels of its corpus",
    )
    yield _shares(
        "Strategies of counselor sentences (%)",
        "strategy",
        staged.strategies,
        {},
        "",
    )


def lay_out_cbt_llm(facts: PaperFacts, folder: Path) -> Iterator[PaperTable]:
    """Yield corpus, distortions, five parts and rubric of the answers of `cbt_qa`."""
    known = load_published("cbt_llm")
    if not facts.answers:
        raise _lacks("cbt_qa", folder)
    corpus = describe_corpus(facts.answers)
    published = dict(known["corpus"])
    published["asked_chars"] = published["question_chars"] + published["description_chars"]
    keys = ("answers", "asked_chars", "answer_chars")
    yield PaperTable(
        "Corpus (table 1)",
        "",
        ("answers", "characters asked", "characters answered"),
        (
            make_row("cbt_qa, this run", keys, asdict(corpus)),
            make_row("CBT QA", keys, published, published=True),
        ),
        "here the client's first message is what is asked; the paper's are questions of a forum, in "
        "Chinese (English has more characters for the same)",
    )
    total = round(published["naming_share"] * published["answers"])
    shares = {name: 100 * count / total for name, count in known["distortions"].items()}
    yield _shares(
        "Distortions (table 2, % of those with any; several per text)",
        "distortion",
        _lump(facts.heard, shares),
        shares,
        "here heard by cues in what is asked, since our answers do not name distortions; the paper "
        "counts those that its answers name",
        facts.heard_any,
    )
    yield _lay_out_parts(facts)
    rubric = facts.judged.scales.get("cbt_qa", {})
    yield PaperTable(
        "Rubric (table 5, 0 to 2)",
        "answers of",
        ("relevance", "structure", "helpfulness"),
        (
            *(make_row(name, _RUBRIC, _average_items(part)) for name, part in rubric.items()),
            *_published(known["human"], ("relevance", "structure", "helpfulness")),
        ),
        "the paper's raters are a therapist and four students"
        + ("" if rubric else "; here: counselgym judge RUN --scales cbt_qa --judges MODEL"),
    )


def _lay_out_parts(facts: PaperFacts) -> PaperTable:
    language: Language = "zh" if facts.summary.language == "zh" else "en"
    found = summarize_structure([answer.output for answer in facts.answers], language)
    cells = (*(100 * found.parts[part] for part in PARTS), 100 * found.all_five)
    columns = (*(part.replace("_", " ") for part in PARTS), "all five")
    rows = (PaperRow("cbt_qa, this run", cells),)
    return PaperTable("Five parts heard (% of answers)", "", columns, rows, "")


def _average_items(part: ScalePart) -> dict[str, Number]:
    items: dict[str, Number] = {name: average.mean for name, average in part.items.items()}
    means = [mean for _, mean in part.means]
    return {**items, "mean": fmean(means) if means else None}


def _find_ctrs(facts: PaperFacts) -> dict[str, ScalePart]:
    scales = facts.judged.scales
    return scales.get("ctrs6") or scales.get("ctrs11") or {}


def _affect_row(name: str, part: AffectPart, items: int) -> PaperRow:
    """Return before, after and change of both halves, divided by the number of items, and n."""
    cells: list[Number] = []
    for before, after in ((part.pa_before, part.pa_after), (part.na_before, part.na_after)):
        first, last = before.mean, after.mean
        change = None if first is None or last is None else (last - first) / items
        cells += [first and first / items, last and last / items, change]
    return PaperRow(name, (*cells, part.pa_after.n))


def _in_percent(row: PaperRow) -> PaperRow:
    """Return the row with the changes in percent of what was before."""
    cells = list(row.cells)
    for place in (2, 5):
        before, change = cells[place - 2], cells[place]
        cells[place] = None if not before or change is None else 100 * change / before
    return PaperRow(row.name, tuple(cells))


def _in_order(facts: PaperFacts) -> Iterator[tuple[str, AffectPart]]:
    parts = facts.summary.affect_by_attitude
    return ((a.value, parts[a.value]) for a in Attitude if a.value in parts)


def _published(
    rows: Mapping[str, Mapping[str, Number]], keys: tuple[str, ...]
) -> Iterator[PaperRow]:
    return (make_row(name, keys, row, published=True) for name, row in rows.items())


def _counts(title: str, first: str, counts: Counter[str]) -> PaperTable:
    rows = (PaperRow(name, (count,)) for name, count in counts.most_common())
    return PaperTable(title, first, ("sessions",), tuple(rows), "")


def _shares(
    title: str,
    first: str,
    counts: Counter[str],
    published: Mapping[str, Number],
    differs: str,
    total: int | None = None,
) -> PaperTable:
    """Return ours beside the published share, in percent of `total` (all counts without one)."""
    total = counts.total() if total is None else total
    known = (name for name, share in published.items() if share or counts[name])
    names = dict.fromkeys((*known, *(name for name, _ in counts.most_common())))
    columns = ("ours", "ours %", "published %")[: 3 if published else 2]
    rows = []
    for name in names:
        share = 100 * counts[name] / total if total else None
        cells = (counts[name], share, published.get(name))[: len(columns)]
        rows.append(PaperRow(name.replace("_", " "), cells))
    return PaperTable(title, first, columns, tuple(rows), differs)


def _lump(counts: Counter[str], named: Mapping[str, Number]) -> Counter[str]:
    """Return the counts with those that the paper does not name as `others`."""
    lumped: Counter[str] = Counter()
    for name, count in counts.items():
        lumped[name if name in named else "others"] += count
    return lumped


def _lacks(protocol: str, folder: Path) -> InputError:
    what = f"no session of {protocol} in this run"
    return InputError(what, where=str(folder), todo=f"play some: run --counselors {protocol}")


_PAPERS: dict[Paper, Callable[[PaperFacts, Path], Iterator[PaperTable]]] = {
    "cactus": lay_out_cactus,
    "crisp": lay_out_crisp,
    "cbt_llm": lay_out_cbt_llm,
}
