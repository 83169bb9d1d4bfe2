"""The counts that every transcript gives: one session measured, and many of them added up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from evaluators.realism.lexical import client_words, distinct, mtld
from evaluators.realism.motivation import BY_TURN, find_motivated, find_motivated_exactly
from evaluators.realism.repeats import count_near_repeats, count_repeats
from evaluators.realism.roles import Flip, find_flips
from evaluators.realism.session import Session
from evaluators.realism.share import Share
from evaluators.realism.talk import client_turn_lengths, counselor_words
from personas.schema import Language


@dataclass(frozen=True)
class Numbers:
    """One session in numbers. Lexical figures are `None` where too little was said."""

    language: Language
    lengths: tuple[int, ...]
    counselor_words: int
    repeats: int
    near_repeats: int
    flips: tuple[frozenset[Flip], ...]
    motivated: int | None
    motivated_exact: int | None
    has_trace: bool
    lexical: dict[str, float | None]


def measure_session(session: Session) -> Numbers:
    """Return the numbers of one session."""
    texts = session.client_texts
    tokens = client_words(texts)
    return Numbers(
        language=session.language,
        lengths=tuple(client_turn_lengths(session.transcript)),
        counselor_words=counselor_words(session.transcript),
        repeats=count_repeats(texts),
        near_repeats=count_near_repeats(texts),
        flips=tuple(find_flips(session.transcript, session.language)),
        motivated=find_motivated(session.transcript, session.language),
        motivated_exact=find_motivated_exactly(session.trace),
        has_trace=bool(session.trace),
        lexical={
            "distinct_1": distinct(tokens, 1),
            "distinct_2": distinct(tokens, 2),
            "mtld": mtld(tokens),
        },
    )


@dataclass
class Fidelity:
    """Many sessions in numbers. Lengths are kept by language: words in one, characters in the other."""

    sessions: int = 0
    lengths: dict[Language, Counter[int]] = field(default_factory=dict)
    talk: Share = field(default_factory=Share)
    repeat_sessions: Share = field(default_factory=Share)
    near_sessions: Share = field(default_factory=Share)
    repeat_turns: Share = field(default_factory=Share)
    near_turns: Share = field(default_factory=Share)
    flips: Share = field(default_factory=Share)
    flip_kinds: dict[Flip, Share] = field(default_factory=lambda: {kind: Share() for kind in Flip})
    motivated: Share = field(default_factory=Share)
    motivated_exact: Share = field(default_factory=Share)
    agreement: Share = field(default_factory=Share)
    lexical: dict[str, tuple[float, int]] = field(default_factory=dict)

    def add(self, numbers: Numbers) -> None:
        """Take in one session."""
        self.sessions += 1
        self.lengths.setdefault(numbers.language, Counter()).update(numbers.lengths)
        client = sum(numbers.lengths)
        self.talk.add(client, client + numbers.counselor_words)
        self.repeat_sessions.add(numbers.repeats > 0)
        self.near_sessions.add(numbers.near_repeats > 0)
        self.repeat_turns.add(numbers.repeats, len(numbers.lengths))
        self.near_turns.add(numbers.near_repeats, len(numbers.lengths))
        self._add_flips(numbers)
        self._add_motivation(numbers)
        for name, value in numbers.lexical.items():
            if value is not None:
                total, n = self.lexical.get(name, (0.0, 0))
                self.lexical[name] = (total + value, n + 1)

    def _add_flips(self, numbers: Numbers) -> None:
        for kinds in numbers.flips:
            self.flips.add(bool(kinds))
            for kind, share in self.flip_kinds.items():
                share.add(kind in kinds)

    def _add_motivation(self, numbers: Numbers) -> None:
        heard = numbers.motivated is not None and numbers.motivated <= BY_TURN
        self.motivated.add(heard)
        if numbers.has_trace:
            exact = numbers.motivated_exact is not None and numbers.motivated_exact <= BY_TURN
            self.motivated_exact.add(exact)
            self.agreement.add(heard == exact)

    def mean_length(self, language: Language) -> float | None:
        """Return the mean length of a client message in words or characters."""
        lengths = self.lengths.get(language, Counter())
        n = lengths.total()
        return sum(length * count for length, count in lengths.items()) / n if n else None

    def median_length(self, language: Language) -> float | None:
        """Return the median length of a client message in words or characters."""
        ordered = sorted(self.lengths.get(language, Counter()).elements())
        if not ordered:
            return None
        return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2

    def mean_lexical(self, name: str) -> float | None:
        """Return the mean of `distinct_1`, `distinct_2` or `mtld` over the sessions that have one."""
        total, n = self.lexical.get(name, (0.0, 0))
        return total / n if n else None
