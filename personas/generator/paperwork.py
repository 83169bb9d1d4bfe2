"""The written part of a generated persona: demographics, the rest of the form, the first words."""

from __future__ import annotations

import random

from personas.generator.material import Material
from personas.generator.people import Person
from personas.generator.quota import Cell
from personas.generator.wording import Wording
from personas.schema import Attitude, Demographics, Intake

_FORMS = {
    "work": "work_form",
    "student": "student_form",
    "pupil": "student_form",
    "retired": "retired_form",
    "jobless": "home_form",
}


def write_demographics(material: Material, person: Person, rng: random.Random) -> Demographics:
    """Return the head of the form."""
    return Demographics(
        name=person.name,
        age=person.age,
        gender=material.text("female" if person.gender == "f" else "male"),
        occupation=_name_work(material, person),
        education=person.schooling,
        marital_status=_name_marriage(material, person),
        family=_describe_family(material, person, rng),
    )


def _name_work(material: Material, person: Person) -> str:
    templates = material.people["words"]
    template = {
        "student": "student",
        "pupil": "pupil",
        "retired": "retired",
        "jobless": "unemployed",
    }
    if person.status == "work":
        return person.job.title
    title = person.job.title
    job = title.lower() if material.language == "en" else title
    return str(templates[template[person.status]]).format(job=job, study=person.study)


def _name_marriage(material: Material, person: Person) -> str:
    key = f"marital.{person.marital}"
    texts = material.choices(key)
    return texts[-1] if person.gender == "f" else texts[0]


def _describe_family(material: Material, person: Person, rng: random.Random) -> str:
    parts = []
    gap = " " if material.language == "en" else ""
    if person.partner:
        parts.append(f"{_bare(person.partner.word)}{gap}{person.partner.name}")
    parts += [
        material.text("family.child").format(word=_bare(child.word), name=child.name, age=child.age)
        for child in person.children
    ]
    if not parts:
        parts.append(rng.choice(material.choices(f"family.alone_{_stage(person)}")))
    comma, end = material.text("family.comma"), material.text("family.end")
    line = comma.join(parts)
    home = material.text("family.lives").format(place=person.home)
    return f"{line[:1].upper()}{line[1:]}{end}{home}"


def _bare(word: str) -> str:
    """Return "wife" for "my wife"."""
    return word.removeprefix("my ").removeprefix("我")


def _stage(person: Person) -> str:
    if person.age < 18:
        return "minor"
    return "young" if person.age < 30 else "old" if person.age >= 60 else "adult"


def write_intake(wording: Wording, cell: Cell) -> Intake:
    """Return the sections of the form; `reason` is the part a counselor is told."""
    lines, rng, choices = wording.situation.lines, wording.rng, wording.material.choices

    def draw(key: str) -> str:
        return wording.tell(rng.choice(choices(f"form.{key}")))

    reason = wording.tell(wording.pick(lines["reason"]))
    if cell.attitude is Attitude.NEGATIVE and rng.random() < 0.3:
        reason = wording.join(reason, rng.choice(choices("reason.tail_negative")))
    return Intake(
        reason=reason,
        problem=wording.tell(wording.pick(lines["note"])),
        onset=draw("onset"),
        trigger=wording.tell(wording.pick(lines["trig"])),
        course=draw("course"),
        frequency=draw("frequency"),
        attempts=draw("attempts"),
        history=draw("history"),
        occupational=draw(_FORMS[wording.person.status]),
        relationships=draw("relationships"),
        daily_life=draw("daily"),
        support=draw("support"),
    )


def write_opening(wording: Wording, cell: Cell) -> str:
    """Return the first words: the situation in the client's way, after a word that shows attitude."""
    rng = wording.rng
    said = wording.tell(wording.pick(wording.situation.lines["open"]))
    if rng.random() < 0.35:
        return said
    lead = wording.material.choices(f"opening.{cell.attitude.value}")
    return wording.join(wording.tell(rng.choice(lead)), said)
