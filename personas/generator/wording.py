"""Filling the slots of generated lines for one person in one situation.

Days, small numbers and other months are drawn anew for every line; what belongs to the story (the
other person, the thing, the month it happened) stays the same in all of them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from personas.generator.material import Line, Lines, Material, Situation
from personas.generator.people import Person, Registry, Relative
from personas.schema import Domain

_START = re.compile(r"(^[\"'“]?|[.!?…]\s+)([a-z])")
_SINCE = re.compile(r"(since |till |until |从)\{m\}")
_FRAGMENTS = (
    "slip", "fail", "ought", "bad", "dread", "ruin", "thinks", "better", "had", "hurt", "slack",
    "plus", "speck", "nod", "sign", "gist",
)  # fmt: skip


@dataclass
class Wording:
    """Words for one person in one situation; remembers what it has said, so nothing comes twice."""

    material: Material
    person: Person
    situation: Situation
    rng: random.Random
    slots: dict[str, str] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)

    def fill(self, text: str) -> str:
        """Return a line with its slots filled and its sentences capitalised."""
        if "{m}" in text:
            text = _SINCE.sub(r"\1{month}", text)
        return finish(text.format_map(_Draws(self)))

    def tell(self, text: str) -> str:
        """Fill a line of the story itself: its month is the month it happened."""
        return self.fill(text.replace("{m}", "{month}"))

    def pick(self, lines: Lines) -> str:
        """Return an unfilled line that fits the person and was not used yet, if there is one."""
        fitting = [line.text for line in lines if self.fits(line)]
        fresh = [text for text in fitting if text not in self.said]
        text = self.rng.choice(fresh or fitting)
        self.said.add(text)
        return text

    def fits(self, line: Line) -> bool:
        """Tell whether a line may be said here."""
        return self.person.fits(line, far=self.situation.far)

    def join(self, *parts: str) -> str:
        """Join sentences, with the space that the language puts between them."""
        return (" " if self.material.language == "en" else "").join(part for part in parts if part)

    def set_fragment(self, key: str) -> None:
        """Choose the words of a fragment of the situation: `{key}` within a sentence, `{Key}` alone."""
        text = self.tell(self.pick(self.situation.lines[key])).rstrip(".。")
        within = _lower(text, self.slots) if self.material.language == "en" else text
        self.slots[key], self.slots[key.capitalize()] = within, text

    def fresh(self, lines: Lines) -> list[str]:
        """Return the unused lines that fit the person, shuffled."""
        texts = [ln.text for ln in lines if self.fits(ln) and ln.text not in self.said]
        self.rng.shuffle(texts)
        return texts


class _Draws(dict[str, str]):
    """The slots of one line: those of the story, and what is drawn for this line alone."""

    def __init__(self, wording: Wording) -> None:
        super().__init__(wording.slots)
        self.wording = wording

    def __missing__(self, key: str) -> str:
        drawn = self[key] = self._draw(key)
        return drawn

    def _draw(self, key: str) -> str:
        rng, choices = self.wording.rng, self.wording.material.choices
        if key == "m":
            return rng.choice([m for m in choices("months") if m != self["month"]])
        if key == "D":
            return self["d"]
        return rng.choice(choices({"d": "days", "w": "few", "W": "many"}[key]))


def finish(text: str) -> str:
    """Capitalise the beginnings of sentences and drop doubled points."""
    upper = _START.sub(lambda found: found[1] + found[2].upper(), text.strip())
    return upper.replace("..", ".").replace("?.", "?").replace("。。", "。")


def word_for(
    material: Material,
    registry: Registry,
    person: Person,
    situation: Situation,
    rng: random.Random,
) -> Wording:
    """Return the wording of a person in a situation: who else is in it, what it is about, when."""
    wording = Wording(material, person, situation, rng)
    slots = wording.slots
    slots["month"] = rng.choice(material.choices("months"))
    other = _find_other(material, registry, person, situation, rng)
    friends = _friends(registry, person, other["O"], rng)
    slots.update(_own(material, person), **other, **friends)
    slots["x"] = rng.choice(situation.things).format_map(slots)
    slots["X"] = slots["x"][:1].upper() + slots["x"][1:]
    for key in _FRAGMENTS:
        wording.set_fragment(key)
    return wording


def _lower(text: str, slots: Mapping[str, str]) -> str:
    """Take the capital off a fragment, unless its first word is a name or "I"."""
    first = re.split(r"[\s']", text, maxsplit=1)[0]
    names = {name.split()[0] for name in (slots["O"], slots["P"], slots["spname"]) if name}
    keep = first == "I" or first in names or first in _PROPER
    return text if keep else text[:1].lower() + text[1:]


_PROPER = frozenset(
    "January February March April May June July August September October November December "
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mom Dad Dr Grandma Christmas "
    "Thanksgiving TV ID".split()
)


def _find_other(
    material: Material, registry: Registry, person: Person, situation: Situation, rng: random.Random
) -> dict[str, str]:
    """Return the slots of the other one in the story: name, reference, pronouns, kin."""
    who = rng.choice(_suit(situation, person, material.language, rng))
    if who == "partner":
        other = person.partner
        assert other is not None
    elif who == "child":
        other = _pick_child(person, situation, rng)
    else:
        return _named_other(material, registry, person, who, rng)
    reference = other.word
    return _pronouns(material, other.gender, other.name, reference)


def _suit(
    situation: Situation, person: Person, language: str, rng: random.Random
) -> tuple[str, ...]:
    """Return who it may be: in love somebody of the other gender, as with the partners."""
    if situation.domain is not Domain.ROMANCE or (language == "en" and rng.random() < 0.05):
        return situation.who
    return tuple(who for who in situation.who if not who.startswith(f"{person.gender}:"))


def _pick_child(person: Person, situation: Situation, rng: random.Random) -> Relative:
    limits = {"young_child": (3, 10), "school_child": (7, 16), "grown_child": (20, 99)}
    low, high = next((limits[n] for n in situation.need if n in limits), (0, 99))
    return rng.choice([child for child in person.children if low <= child.age <= high])


def _named_other(
    material: Material, registry: Registry, person: Person, who: str, rng: random.Random
) -> dict[str, str]:
    gender, address, reference = who.split(":")
    older = any(n in reference for n in ("in-law", "岳", "婆", "公公"))
    age = person.age + (26 if older else rng.randint(-4, 6))
    name = registry.address(gender, max(age, 14), rng)
    while name.removeprefix("小") == person.first:
        name = registry.address(gender, max(age, 14), rng)
    if "{last}" in address + reference:
        last = registry.faker.last_name()
        address, reference = address.replace("{last}", last), reference.replace("{last}", last)
    boss = person.job.boss
    address = address.replace("{name}", name).replace("{boss}", boss)
    reference = reference.replace("{name}", name).replace("{boss}", boss)
    return _pronouns(material, gender, address, reference)


def _pronouns(material: Material, gender: str, name: str, reference: str) -> dict[str, str]:
    he, him, his = material.choices(f"lines_{gender}")
    parent = material.text("mother_word" if gender == "f" else "father_word")
    return {
        "O": name, "R": reference, "he": he, "him": him, "his": his,
        "He": he.capitalize(), "Him": him.capitalize(), "His": his.capitalize(),
        "parent": parent,
    }  # fmt: skip


def _own(material: Material, person: Person) -> dict[str, str]:
    """Return what is the person's own: work, town, partner, what kind of child they are."""
    job, partner = person.job, person.partner
    reference = partner.word if partner else ""
    return {
        "job": job.title.lower() if material.language == "en" else job.title,
        "place": job.place, "task": job.task, "those": job.those, "boss": job.boss,
        "Those": job.those.capitalize(), "Boss": job.boss[:1].upper() + job.boss[1:],
        "study": person.study, "city": re.split(r"[,，]", person.home)[0],
        "sp": reference, "Sp": reference[:1].upper() + reference[1:],
        "spname": partner.name if partner else "",
        "kin": material.text("daughter_word" if person.gender == "f" else "son_word"),
    }  # fmt: skip


def _friends(registry: Registry, person: Person, other: str, rng: random.Random) -> dict[str, str]:
    """Return two friends of about the same age, with names of their own."""
    taken = {person.first, f"小{person.first}", other, *(child.name for child in person.children)}
    if person.partner:
        taken.add(person.partner.name)
    names: list[str] = []
    while len(names) < 2:
        name = registry.address(rng.choice("fm"), max(person.age + rng.randint(-5, 5), 13), rng)
        if name not in taken:
            names.append(name)
            taken.add(name)
    return {"P": names[0], "Q": names[1]}
