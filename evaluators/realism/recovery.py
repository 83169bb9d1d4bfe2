"""Blind recovery: what a reader of the client's words alone finds out, and whether that is too easy.

A believable client can be read, within limits: a distortion or an attitude that nobody hears is not
played, one that everybody names at once is recited. The truth comes from the persona, or from what
an imported corpus says of its clients; the readers see nothing but the client's messages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import log
from sys import intern
from typing import Protocol
from zlib import crc32

from agents.text import split_sentences, words
from evaluators.realism.cues import shows
from evaluators.realism.findings import Finding, Unit
from evaluators.realism.reference import Judged, Reference, reference_for
from evaluators.realism.session import Session
from evaluators.realism.share import Share
from evaluators.statistics import Estimate, cluster_mean
from personas.distortions import score_distortions
from personas.schema import Attitude, Distortion, Language

TOO_EASY = 0.9
FIRST = 2
_FOLDS = 5
_SHORTEST = 6  # words of a written sentence that cannot come up by chance


def guess_distortion(texts: Iterable[str], language: Language) -> Distortion | None:
    """Return the distortion with most cues in the client's words, ties in the order of the enum."""
    scores: Counter[Distortion] = Counter()
    for text in texts:
        scores.update(score_distortions(text, language))
    return max(scores, key=lambda d: (scores[d], -list(Distortion).index(d)), default=None)


def recited(written: Iterable[str], texts: Iterable[str]) -> tuple[int, int]:
    """Return how many written sentences of six or more words the client says verbatim, of how many."""
    said = " ".join(f" {' '.join(words(text))} " for text in texts)
    lines = [
        words(part) for text in written for row in text.split("\n") for part in split_sentences(row)
    ]
    long = [f" {' '.join(line)} " for line in lines if len(line) >= _SHORTEST]
    return sum(line in said for line in long), len(long)


class Reading(Protocol):
    """What a reader makes of a client."""

    @property
    def distortion(self) -> Distortion:
        """Return the distortion that weighs most."""
        ...

    @property
    def attitude(self) -> Attitude:
        """Return how the client meets the counselor."""
        ...


@dataclass(frozen=True)
class Case:
    """The words and word pairs of one client, and what is to be found out."""

    form: str
    grams: frozenset[str]
    truth: str


def make_case(form: str, texts: Iterable[str], truth: str) -> Case:
    """Return a case; every word and pair of words counts once."""
    grams: set[str] = set()
    for text in texts:
        told = words(text)
        grams.update(map(intern, told))
        grams.update(intern(" ".join(pair)) for pair in pairwise(told))
    return Case(form, frozenset(grams), truth)


def guess_by_learning(cases: Sequence[Case]) -> list[str | None]:
    """Return a guess for every case from all cases of other folds; a form lies in one fold only.

    Naive Bayes over words and word pairs, so that any difference in wording is found, whatever it
    means. `None` where the other folds hold no case.
    """
    guesses: list[str | None] = [None] * len(cases)
    folds = [crc32(case.form.encode()) % _FOLDS for case in cases]
    for fold in range(_FOLDS):
        known = [case for case, own in zip(cases, folds, strict=True) if own != fold]
        model = _learn(known)
        for place, own in enumerate(folds):
            if own == fold and known:
                guesses[place] = _classify(model, cases[place].grams)
    return guesses


@dataclass(frozen=True)
class _Model:
    counts: Counter[str]
    grams: dict[str, Counter[str]]
    size: int


def _learn(cases: Sequence[Case]) -> _Model:
    grams: dict[str, Counter[str]] = {}
    for case in cases:
        grams.setdefault(case.truth, Counter()).update(case.grams)
    return _Model(
        Counter(case.truth for case in cases), grams, len(set().union(*grams.values(), ()))
    )


def _classify(model: _Model, grams: frozenset[str]) -> str:
    def weigh(truth: str) -> tuple[float, str]:
        own = model.grams[truth]
        below = log(own.total() + model.size)
        likely = sum(log(own[gram] + 1) - below for gram in grams)
        return log(model.counts[truth]) + likely, truth

    return max(model.counts, key=weigh)


@dataclass
class Guesses:
    """Right or wrong, by form; `chance` is what naming the commonest answer every time would get."""

    hits: list[tuple[str, float]] = field(default_factory=list)
    truths: Counter[str] = field(default_factory=Counter)

    def add(self, form: str, right: bool, truths: Iterable[str]) -> None:
        """Take in one guess and all answers that would have been right."""
        self.hits.append((form, float(right)))
        self.truths.update(truths)

    @property
    def accuracy(self) -> Estimate | None:
        """Return the share of right guesses, with a bootstrap interval over forms."""
        return cluster_mean(self.hits) if self.hits else None

    @property
    def chance(self) -> float | None:
        """Return the share that the best constant guess would get."""
        return max(self.truths.values()) / len(self.hits) if self.hits else None


@dataclass
class Recovery:
    """Guesses about distortions and attitude, and what of the written client was recited.

    `reader` names the model that gave the readings, if one did.
    """

    reader: str = ""
    any_distortion: Guesses = field(default_factory=Guesses)
    main_distortion: Guesses = field(default_factory=Guesses)
    any_read: Guesses = field(default_factory=Guesses)
    main_read: Guesses = field(default_factory=Guesses)
    attitude_read: Guesses = field(default_factory=Guesses)
    cases: list[Case] = field(default_factory=list)
    form_recited: list[tuple[str, float]] = field(default_factory=list)
    secrets_recited: list[tuple[str, float]] = field(default_factory=list)
    secrets_at_once: list[tuple[str, float]] = field(default_factory=list)
    jargon: Share = field(default_factory=Share)

    def add(self, session: Session) -> None:
        """Take in one session, as far as its truth is known."""
        texts = session.client_texts
        guess = guess_distortion(texts, session.language)
        self._add_distortion(session, guess, self.any_distortion, self.main_distortion)
        if session.attitude is not None:
            self.cases.append(make_case(session.cluster, texts, session.attitude.value))
        for text in texts:
            self.jargon.add(shows(session.language, "jargon", text))
        for found, written, said in (
            (self.form_recited, (session.form_text,), texts),
            (self.secrets_recited, session.secrets, texts),
            (self.secrets_at_once, session.secrets, texts[:FIRST]),
        ):
            hits, of = recited(written, said)
            if of:
                found.append((session.cluster, hits / of))

    def add_reading(self, session: Session, reading: Reading) -> None:
        """Take in what a model made of a session."""
        self._add_distortion(session, reading.distortion, self.any_read, self.main_read)
        if session.attitude is not None:
            right = reading.attitude == session.attitude
            self.attitude_read.add(session.cluster, right, (session.attitude.value,))

    def _add_distortion(
        self, session: Session, guess: Distortion | None, own: Guesses, main: Guesses
    ) -> None:
        if session.distortions:
            known, first = session.distortions, session.distortions[0]
            own.add(session.cluster, guess in known, known)
            main.add(session.cluster, guess == first, (first,))

    @property
    def attitude(self) -> Guesses:
        """Return the guesses about the attitude by a reader that learns from the other forms."""
        guesses = Guesses()
        for case, guess in zip(self.cases, guess_by_learning(self.cases), strict=True):
            if guess is not None:
                guesses.add(case.form, guess == case.truth, (case.truth,))
        return guesses

    def findings(self) -> Iterator[Finding]:
        """Yield every figure; a guess is held against chance below and a leak above."""
        yield from _guessed("any_distortion", "a distortion, by cues", self.any_distortion)
        yield from _guessed("main_distortion", "the main distortion, by cues", self.main_distortion)
        yield from _guessed("attitude", "the attitude, by learning", self.attitude)
        by = f"by {self.reader}"
        yield from _guessed("any_distortion_read", f"a distortion, {by}", self.any_read)
        yield from _guessed("main_distortion_read", f"the main distortion, {by}", self.main_read)
        yield from _guessed("attitude_read", f"the attitude, {by}", self.attitude_read)
        yield from _recited("form_recited", "intake form recited", self.form_recited)
        label = "hidden beliefs told word for word"
        yield from _recited("secrets_recited", label, self.secrets_recited)
        label = f"  in the first {FIRST} messages"
        yield from _recited("secrets_at_once", label, self.secrets_at_once)
        share, n = self.jargon.value, self.jargon.n
        label = "messages in a textbook's terms"
        yield Finding("jargon", label, share, Unit.SHARE, n=n, reference=reference_for("jargon"))


def _guessed(name: str, label: str, guesses: Guesses) -> Iterator[Finding]:
    """Yield the accuracy, beside chance and the share from which on it is a leak."""
    found, chance = guesses.accuracy, guesses.chance
    if found is None or chance is None:
        return
    if (found.low if found.low is not None else found.mean) <= chance:
        verdict = Judged.CHANCE
    else:
        verdict = Judged.LEAK if found.mean > TOO_EASY else Judged.READABLE
    reference = Reference(low=chance, high=max(chance, TOO_EASY))
    yield replace(_estimated(name, label, found, reference), judged=verdict)


def _recited(name: str, label: str, values: list[tuple[str, float]]) -> Iterator[Finding]:
    if values:
        found = _estimated(name, label, cluster_mean(values), reference_for(name))
        leaks = found.reference.judge(found.value) is Judged.HIGH
        yield replace(found, judged=Judged.LEAK) if leaks else found


def _estimated(name: str, label: str, found: Estimate, reference: Reference) -> Finding:
    return Finding(name, label, found.mean, Unit.SHARE, found.low, found.high, found.n, reference)
