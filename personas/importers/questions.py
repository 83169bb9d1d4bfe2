"""Importing questions to a counseling column: a question and its description (PsyQA-like).

Columns `question` and `description` are needed, `keywords` is used where there is one, an `answer`
is never read. What the asker wrote becomes the story; the thoughts that a form does not name are
inferred by the rules that imported intake forms use, and marked as inferred.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from personas.errors import InputError
from personas.files import parse_json, read_text
from personas.importers import spoken_zh
from personas.importers.inference import draw, infer
from personas.importers.intake_form import IntakeForm, sort_problem
from personas.importers.spoken import contract, cut_to, split_sentences, straighten
from personas.schema import (
    Attitude,
    CognitiveProfile,
    Demographics,
    Disclosure,
    Intake,
    Language,
    Persona,
    Resistance,
    Topic,
)

NEEDED = ("question", "description")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]+")
_INFERRED = ("domain", "attitude", "resistance", "profile", "manner")
_LONGEST = 20_000  # characters of a description; what is longer is no question to a column


@dataclass(frozen=True)
class Row:
    """One item of a file: where it stands, and its text (JSON) or its fields (CSV)."""

    where: str
    number: int
    content: str | Mapping[str, str]
    file: Path

    def read(self) -> object:
        """Return the item as plain data; an InputError names the line of broken JSON."""
        if isinstance(self.content, str):
            return parse_json(self.content, self.file, self.number)
        return self.content


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the lines of a JSONL file that are not blank."""
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            yield Row(f"{path}, line {number}", number, line, path)


def read_table(path: Path) -> Iterator[Row]:
    """Yield the rows of a CSV file with a head; raises InputError where a needed column is missing."""
    reader = csv.reader(io.StringIO(read_text(path).removeprefix("\ufeff"), newline=""))
    try:
        head = [name.strip().lower() for name in next(reader, [])]
        missing = [name for name in NEEDED if name not in head]
        if missing:
            raise InputError(
                f"no column {missing[0]!r}",
                where=f"{path}, line 1",
                todo=f"the first line must name the columns {' and '.join(NEEDED)}",
            )
        started = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _make_row(path, started, head, cells)
            started = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"invalid CSV: {error}", where=f"{path}, line {reader.line_num}") from None


def _make_row(path: Path, number: int, head: list[str], cells: list[str]) -> Row:
    fields = dict(zip(head, cells, strict=False))
    if len(cells) > len(head):
        fields["question"] = ""  # the cells have shifted: nothing in this row can be relied on
        return Row(
            f"{path}, line {number} ({len(cells)} cells, {len(head)} columns)", number, fields, path
        )
    return Row(f"{path}, line {number}", number, fields, path)


def is_question_file(path: Path) -> bool:
    """Tell whether the first readable line of a JSONL file is a question, not a persona."""
    for row in read_rows(path):
        try:
            data = json.loads(str(row.content))
        except (ValueError, RecursionError):
            continue
        return isinstance(data, Mapping) and "question" in data and "profile" not in data
    return False


def import_question(row: Row, prefix: str, file: str) -> Persona:
    """Return the persona of a question; an InputError names line and field of what is wrong."""
    data = row.read()
    if not isinstance(data, Mapping):
        raise InputError("not a JSON object", where=row.where)
    question, description = (_text(row, data, name) for name in NEEDED)
    language = _recognise(question + description)
    tidy = spoken_zh.tidy if language == "zh" else straighten
    form = _fill_form(tidy(question), tidy(description), _keywords(row, data), language)
    return _build(row, prefix, file, form)


def _recognise(text: str) -> Language:
    """Return the language of a question: Chinese where there are more signs of it than words."""
    return "zh" if len(_CHINESE.findall(text)) > len(_LATIN.findall(text)) else "en"


def _text(row: Row, data: Mapping[object, object], name: str) -> str:
    value = data.get(name)
    where = f"{row.where}, field {name}"
    if value is None or (isinstance(value, str) and not value.strip()):
        raise InputError("missing", where=where)
    if not isinstance(value, str):
        raise InputError("must be a text", where=where)
    if len(value) > _LONGEST:
        raise InputError(f"longer than {_LONGEST} characters", where=where)
    return value.strip()


def _keywords(row: Row, data: Mapping[object, object]) -> str:
    value = data.get("keywords") or ""
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return ", ".join(value)
    if not isinstance(value, str):
        raise InputError("must be a text or a list of texts", where=f"{row.where}, field keywords")
    return value.strip()


def _fill_form(question: str, description: str, keywords: str, language: Language) -> IntakeForm:
    text = f"{question}\n{description}"
    if language == "zh":
        reason = f"{question}（{keywords}）" if keywords else question
        asker, slots = spoken_zh.read_asker(text), {"problem": description}
    else:
        reason = f"{question} ({keywords})" if keywords else question
        asker, slots = Demographics(), sort_problem(description)
    intake = Intake.model_validate({"reason": reason, **slots})
    return IntakeForm(text, asker, intake, (), language)


def _build(row: Row, prefix: str, file: str, form: IntakeForm) -> Persona:
    question, description = form.text.split("\n", 1)
    inferred = infer(form)
    attitudes, resistances = tuple(Attitude), tuple(Resistance)
    return Persona(
        id=f"{prefix}-{row.number:05d}",
        form=f"question-{hashlib.sha256(form.text.encode()).hexdigest()[:8]}",
        source=f"questions:{file}",
        language=form.language,
        domain=inferred.domain,
        attitude=attitudes[draw(form.text, "attitude", len(attitudes))],
        resistance=resistances[draw(form.text, "resistance", len(resistances))],
        demographics=form.demographics,
        intake=form.intake,
        opening=_open(question, description, form.language),
        profile=_add_story(inferred.profile, _retell(description, form.language)),
        manner=inferred.manner,
        inferred=_INFERRED,
    )


def _retell(description: str, language: Language) -> list[str]:
    """Return what the asker told, in their own words, as lines to be said."""
    if language == "zh":
        return spoken_zh.split_lines(description)
    told = [contract(sentence) for sentence in split_sentences(description)]
    return [line for line in told if 4 <= len(line.split()) <= 20]


def _add_story(profile: CognitiveProfile, told: list[str]) -> CognitiveProfile:
    """Put what the asker told before the lines that were inferred; nothing is said twice."""
    taken = {profile.situation, *(thought.text for thought in profile.thoughts)}
    fitting = [line for line in told if line not in taken]
    own = tuple(
        Disclosure(topic=Topic.STORY, text=line, trust=10 + 5 * place)
        for place, line in enumerate(fitting[:4])
    )
    rest = (
        profile.disclosures
        if not own
        else tuple(item for item in profile.disclosures if item.topic is not Topic.STORY)
    )
    return profile.model_copy(update={"disclosures": own + rest})


def _open(question: str, description: str, language: Language) -> str:
    """Return the first words: the question as it was asked, or what of it fits into one breath."""
    if language == "zh":
        return spoken_zh.cut_to(question)
    for text in (question, description, split_sentences(question)[0]):
        said = cut_to(contract(text), 26)
        if said:
            return said
    return " ".join(question.split()[:26])
