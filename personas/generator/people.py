"""The people of the generator: age, schooling, work, marriage and children that fit each other.

Surnames come from Faker; given names from lists by year of birth, since Faker's would give an
eighty-year-old the name of a child.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

from faker import Faker

from personas.generator.material import Line, Material

YEAR = 2025
_LOCALES = {"en": "en_US", "zh": "zh_CN"}
_MARITAL = (  # up to which age: single, relationship, married, divorced, widowed
    (17, (100, 0, 0, 0, 0)),
    (23, (62, 35, 3, 0, 0)),
    (29, (40, 33, 25, 2, 0)),
    (39, (26, 16, 48, 10, 0)),
    (54, (14, 10, 56, 18, 2)),
    (66, (9, 6, 58, 20, 7)),
    (110, (6, 4, 50, 14, 26)),
)
_UNMARRIED_PARENTS = {  # how often those not married have children
    "en": {"single": 0.06, "relationship": 0.3},
    "zh": {"single": 0.0, "relationship": 0.1},
}
_STATES = ("single", "relationship", "married", "divorced", "widowed")


@dataclass(frozen=True)
class Job:
    """A line of work with what it needs and the words that go with it."""

    title: str
    schooling: str
    ages: tuple[int, int]
    place: str
    task: str
    those: str
    boss: str


@dataclass(frozen=True)
class Relative:
    """Somebody with a name; `word` is what the client calls them ("my wife")."""

    name: str
    gender: str
    age: int
    word: str = ""


@dataclass(frozen=True)
class Person:
    """A client before anything has happened to them."""

    name: str
    first: str
    gender: str
    age: int
    job: Job
    study: str
    status: str  # work, student, pupil, retired, jobless
    schooling: str
    marital: str
    partner: Relative | None
    children: tuple[Relative, ...]
    home: str

    @property
    def tags(self) -> frozenset[str]:
        """Return what guards ask for: f, m, work, student, retired, jobless, partner, single, kids."""
        tags = {self.gender, self.status, "partner" if self.partner else "single", self.marital}
        tags.add("kids" if self.children else "nokids")
        tags |= {self.job.schooling} if self.status == "work" else set()
        return frozenset(tags)

    def fits(self, line: Line, *, far: bool = False) -> bool:
        """Tell whether a line may be said by this person, with the other one `far` or near."""
        return all(
            not far if condition == "near" else self._meets(condition) for condition in line.guard
        )

    def _meets(self, condition: str) -> bool:
        if condition[:-1].isdigit() and condition.endswith("+"):
            return self.age >= int(condition[:-1])
        if condition.startswith("-") and condition[1:].isdigit():
            return self.age <= int(condition[1:])
        return condition in self.tags


class Registry:
    """Makes people of one language, the same for the same seed."""

    def __init__(self, material: Material, seed: int) -> None:
        self.material = material
        self.faker = Faker(_LOCALES[material.language])
        self.faker.seed_instance(seed)
        self.jobs = _read_jobs(material)

    def make(self, age: int, need: tuple[str, ...], rng: random.Random) -> Person:
        """Return a person of this age who meets what a situation needs of them."""
        gender = next((n for n in need if n in ("f", "m")), "") or rng.choice("fm")
        early = self.material.language == "zh" and gender == "f"
        status = _choose_status(
            age, need, 55 if early else 60 if self.material.language == "zh" else 66, rng
        )
        job = self._choose_job(age, status, rng)
        marital = _choose_marital(age, need, rng)
        children = self._make_children(age, marital, need, rng)
        first = self.given(gender, age, rng)
        return Person(
            name=self._full(first),
            first=first,
            gender=gender,
            age=age,
            job=job,
            study=rng.choice(str(self.material.people["jobs"]["studies"]).split("|")),
            status=status,
            schooling=self._schooling(status, job),
            marital=marital,
            partner=self._make_partner(gender, age, marital, rng),
            children=children,
            home=rng.choice(str(self.material.people["places"]["all"]).split("|")),
        )

    def given(self, gender: str, age: int, rng: random.Random) -> str:
        """Return a given name that was given in the year of birth."""
        return rng.choice(_given_names(self.material, gender, max(age, 1)))

    def address(self, gender: str, age: int, rng: random.Random) -> str:
        """Return a given name as others say it: 小静, not 静."""
        name = self.given(gender, age, rng)
        return f"小{name}" if self.material.language == "zh" and len(name) == 1 else name

    def _full(self, first: str) -> str:
        last = self.faker.last_name()
        return f"{first} {last}" if self.material.language == "en" else f"{last}{first}"

    def _schooling(self, status: str, job: Job) -> str:
        key = {"student": "student", "pupil": "pupil"}.get(status, job.schooling)
        return str(self.material.people["schooling"][key])

    def _choose_job(self, age: int, status: str, rng: random.Random) -> Job:
        if status == "retired":
            return rng.choice(self.jobs)
        near = [job for job in self.jobs if job.ages[0] <= max(age, 19) <= job.ages[1]]
        return rng.choice(near or self.jobs)

    def _make_partner(
        self, gender: str, age: int, marital: str, rng: random.Random
    ) -> Relative | None:
        if marital not in ("relationship", "married"):
            return None
        same = self.material.language == "en" and rng.random() < 0.05
        other = gender if same else {"f": "m", "m": "f"}[gender]
        words = {
            ("f", "married"): "wife",
            ("m", "married"): "husband",
            ("f", "relationship"): "girlfriend",
            ("m", "relationship"): "boyfriend",
        }
        years = max(18, age + rng.randint(-4, 4))
        return Relative(
            self.address(other, years, rng),
            other,
            years,
            self.material.text(words[other, marital]),
        )

    def _make_children(
        self, age: int, marital: str, need: tuple[str, ...], rng: random.Random
    ) -> tuple[Relative, ...]:
        span = _child_ages(age, need)
        wanted = any(n.endswith("_child") for n in need)
        rare = _UNMARRIED_PARENTS[self.material.language]
        chance = rare.get(marital, 0.8)
        if "nokids" in need or span is None or (not wanted and rng.random() > chance):
            return ()
        most = _most_children(self.material.language, age)
        ages = sorted({rng.randint(*span) for _ in range(rng.randint(1, most))}, reverse=True)
        ages = [a for i, a in enumerate(ages) if not i or ages[i - 1] - a >= 2]
        return tuple(self._make_child(years, rng) for years in ages)

    def _make_child(self, age: int, rng: random.Random) -> Relative:
        gender = rng.choice("fm")
        word = self.material.text("daughter" if gender == "f" else "son")
        return Relative(self.address(gender, age, rng), gender, age, word)


def _most_children(language: str, age: int) -> int:
    """In China those who are now 36 to 66 mostly had one child."""
    return 1 if language == "zh" and 36 <= age <= 66 else 3 if age > 36 or language == "en" else 2


def _child_ages(age: int, need: tuple[str, ...]) -> tuple[int, int] | None:
    """Return the youngest and oldest a child may be; `None` where there can be none."""
    low, high = max(0, age - 44), min(age - 21, 55)
    limits = {"young_child": (3, 10), "school_child": (7, 16), "grown_child": (20, 55)}
    for key, (least, most) in limits.items():
        if key in need:
            low, high = max(low, least), min(high, most)
    return (low, high) if low <= high and age >= 23 else None


def _choose_status(age: int, need: tuple[str, ...], retires: int, rng: random.Random) -> str:
    for status in ("work", "student", "retired", "jobless"):
        if status in need:
            return "pupil" if status == "student" and age < 18 else status
    if age < 18:
        return "pupil"
    if age <= 23 and rng.random() < 0.6:
        return "student"
    if age >= retires:
        return "retired" if rng.random() < 0.88 or age >= retires + 10 else "work"
    return "jobless" if rng.random() < 0.06 else "work"


def _choose_marital(age: int, need: tuple[str, ...], rng: random.Random) -> str:
    weights = next(weights for limit, weights in _MARITAL if age <= limit)
    wanted = {
        "partner": ("relationship", "married"),
        "single": ("single", "divorced", "widowed"),
        "married": ("married",),
        "divorced": ("divorced",),
        "widowed": ("widowed",),
        "wed": ("married", "divorced", "widowed"),
    }
    allowed = next((wanted[n] for n in need if n in wanted), _STATES)
    odds = [w if s in allowed else 0 for s, w in zip(_STATES, weights, strict=True)]
    return rng.choices(_STATES, odds)[0] if any(odds) else allowed[0]


def _read_jobs(material: Material) -> tuple[Job, ...]:
    jobs = []
    for line in str(material.people["jobs"]["lines"]).strip().split("\n"):
        title, schooling, ages, place, task, those, boss = line.split("|")
        low, high = ages.split("-")
        jobs.append(Job(title, schooling, (int(low), int(high)), place, task, those, boss))
    return tuple(jobs)


@cache
def _cohorts(material: Material, gender: str) -> tuple[tuple[str, ...], ...]:
    cohorts = material.people["names"][gender]
    assert isinstance(cohorts, list)
    return tuple(tuple(str(cohort).split()) for cohort in cohorts)


def _given_names(material: Material, gender: str, age: int) -> tuple[str, ...]:
    until = material.people["names"]["until"]
    assert isinstance(until, list)
    born = YEAR - age
    index = next(i for i, year in enumerate(until) if born <= year)
    return _cohorts(material, gender)[index]
