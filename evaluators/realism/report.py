"""The whole report on one run or corpus: filled session by session, holding numbers only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from evaluators.realism.cooperation import cooperation_by_act, cooperation_by_words
from evaluators.realism.course import Disclosures, Trajectories
from evaluators.realism.fidelity import Fidelity, measure_session
from evaluators.realism.gain import Gains
from evaluators.realism.lexical import Sample
from evaluators.realism.session import Session
from evaluators.realism.share import Share
from evaluators.realism.survival import Curve, Hazards
from personas.schema import Attitude

MARKS = (3, 5, 10, 20, 30)


@dataclass
class AttitudePart:
    """How clients of one attitude go along and whether they stay."""

    sessions: int = 0
    by_words: Share = field(default_factory=Share)
    by_act: Share = field(default_factory=Share)
    dropped_out: Share = field(default_factory=Share)

    def add(self, session: Session) -> None:
        """Take in one session."""
        self.sessions += 1
        for whole, own in (
            (self.by_words, cooperation_by_words(session)),
            (self.by_act, cooperation_by_act(session)),
        ):
            whole.add(own.hits, own.n)
        if session.dropped_out is not None:
            self.dropped_out.add(session.dropped_out)


@dataclass
class Report:
    """Everything that is measured. Fill it with `add`; `counselors` is keyed by name."""

    all: Fidelity = field(default_factory=Fidelity)
    counselors: dict[str, Fidelity] = field(default_factory=dict)
    attitudes: dict[Attitude, AttitudePart] = field(default_factory=dict)
    curves: dict[str, Curve] = field(default_factory=dict)
    hazards: Hazards = field(default_factory=Hazards)
    disclosures: Disclosures = field(default_factory=Disclosures)
    trajectories: dict[str, Trajectories] = field(default_factory=dict)
    gains: Gains = field(default_factory=Gains)
    sample: Sample = field(default_factory=Sample)
    languages: Counter[str] = field(default_factory=Counter)

    def add(self, session: Session) -> None:
        """Take in one session."""
        numbers = measure_session(session)
        self.all.add(numbers)
        self.counselors.setdefault(session.counselor, Fidelity()).add(numbers)
        self.languages[session.language] += 1
        self.sample.add(session.id, session.client_texts)
        self.disclosures.add(session)
        self.gains.add(session)
        self.trajectories.setdefault(session.counselor, Trajectories()).add(session.trace)
        if session.attitude is not None:
            self.attitudes.setdefault(session.attitude, AttitudePart()).add(session)
        if session.dropped_out is not None:
            self._add_end(session, session.dropped_out)

    def _add_end(self, session: Session, dropped_out: bool) -> None:
        """The opening is the client's first message and no exchange of its own in our records."""
        exchange = max(1, len(session.client_texts) - 1)
        self.curves.setdefault(session.counselor, Curve()).add(exchange, dropped_out)
        if session.attitude is not None:
            attitude, counselor = session.attitude, session.counselor
            self.hazards.add(session.cluster, counselor, attitude, exchange, dropped_out)


def report_on(sessions: Iterable[Session]) -> Report:
    """Return the report on a stream of sessions."""
    report = Report()
    for session in sessions:
        report.add(session)
    return report
