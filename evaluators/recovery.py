"""Blind recovery: what a reader of the client's words alone finds out, and whether that is too easy.

A believable client can be read, within limits: a distortion that nobody hears is not played, one that
everybody names at once is recited. The guesser is scripted; the truth comes from the persona.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from agents.lexicon import has_lexicon, matches
from agents.text import split_sentences, words
from evaluators.realism.session import Session
from evaluators.statistics import Estimate, cluster_mean
from personas.distortions import score_distortions
from personas.schema import Attitude, Distortion, Language

_SHORTEST = 6  # words of a form sentence that cannot come up by chance
_NEGATIVE_FROM = 0.12  # share of messages that refuse or bristle
_POSITIVE_BELOW = 0.02
_BRISTLES = frozenset({"refusal", "hostile"})


def guess_distortion(texts: Iterable[str], language: Language) -> Distortion | None:
    """Return the distortion with most cues in the client's words, ties in the order of the enum."""
    scores: Counter[Distortion] = Counter()
    for text in texts:
        scores.update(score_distortions(text, language))
    return max(scores, key=lambda d: (scores[d], -list(Distortion).index(d)), default=None)


def guess_attitude(texts: Iterable[str], language: Language) -> Attitude | None:
    """Return the attitude by how often the client refuses or bristles; `None` without a lexicon.

    The two limits were set by hand on scripted English sessions of this project: a guess about
    other clients is a lower bound for what a better reader would find.
    """
    told = tuple(texts)
    if not told or not has_lexicon(language):
        return None
    share = sum(bool(matches(language, "client", text) & _BRISTLES) for text in told) / len(told)
    if share >= _NEGATIVE_FROM:
        return Attitude.NEGATIVE
    return Attitude.POSITIVE if share < _POSITIVE_BELOW else Attitude.NEUTRAL


def recited_sentences(form_text: str, texts: Iterable[str]) -> tuple[int, int]:
    """Return how many form sentences of six or more words the client says verbatim, of how many."""
    said = " ".join(f" {' '.join(words(text))} " for text in texts)
    lines = [words(part) for line in form_text.splitlines() for part in split_sentences(line)]
    long = [f" {' '.join(line)} " for line in lines if len(line) >= _SHORTEST]
    return sum(line in said for line in long), len(long)


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

    def to_json(self) -> dict[str, object]:
        """Return accuracy, interval, chance and n."""
        estimate = self.accuracy
        if estimate is None:
            return {"accuracy": None, "n": 0}
        return {
            "accuracy": estimate.mean,
            "low": estimate.low,
            "high": estimate.high,
            "chance": self.chance,
            "n": estimate.n,
            "forms": estimate.clusters,
        }


@dataclass
class Recovery:
    """Guesses about distortions and attitude, and what of the form was recited."""

    any_distortion: Guesses = field(default_factory=Guesses)
    main_distortion: Guesses = field(default_factory=Guesses)
    attitude: Guesses = field(default_factory=Guesses)
    recited: list[tuple[str, float]] = field(default_factory=list)

    def add(self, session: Session) -> None:
        """Take in one session, as far as its truth is known."""
        form = session.cluster
        texts, language = session.client_texts, session.language
        if session.persona is not None:
            thoughts = session.persona.profile.thoughts
            guess = guess_distortion(texts, language)
            main = max(thoughts, key=lambda thought: thought.strength).distortion
            own = {thought.distortion for thought in thoughts}
            self.any_distortion.add(form, guess in own, own)
            self.main_distortion.add(form, guess == main, (main,))
        guessed = guess_attitude(texts, language)
        if session.attitude is not None and guessed is not None:
            self.attitude.add(form, guessed == session.attitude, (session.attitude,))
        said, of = recited_sentences(session.form_text, texts)
        if of:
            self.recited.append((form, said / of))

    @property
    def recited_share(self) -> Estimate | None:
        """Return the mean share of form sentences recited, with a bootstrap interval over forms."""
        return cluster_mean(self.recited) if self.recited else None
