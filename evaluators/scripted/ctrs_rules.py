"""How the scripted rater weighs what was done: one rule per CTRS item, readable as a table.

Gains add up from the base: each is its weight times how fully its acts were present, from nothing
at a share of 0 to all of it at the share `full` of exchanges (`full` 0: once is enough). Losses
then take their part (0..1) of what was gained, one after another. Every term is monotone. Above 4
a score needs the client's own part (`needs`). No rule can reach 6: excellence is beyond what cue
phrases show. Weights were set by hand on the ladder in `tests/evaluators/ladder.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from evaluators.scripted.features import Act, Features

GOOD = 4.0


@dataclass(frozen=True)
class Term:
    """One reason: points to gain or the part (0..1) to lose; `says` completes "The counselor …"."""

    weight: float
    acts: tuple[Act, ...]
    full: float
    says: str

    def worth(self, seen: Features) -> float:
        """Return the points to gain, or the part to lose."""
        share = seen.share(*self.acts)
        present = float(share > 0) if self.full == 0 else min(1.0, share / self.full)
        return self.weight * present


@dataclass(frozen=True)
class Rule:
    """One item: where it starts, what adds and what takes away.

    Each tuple in `needs` must have been seen in part, or 4 is the most; `without` says what is
    missing when nothing was gained.
    """

    base: float
    gains: tuple[Term, ...]
    losses: tuple[Term, ...]
    needs: tuple[tuple[Act, ...], ...]
    without: str


_LISTENING = (Act.RESTATED, Act.FELT)
_HOLLOW = (Act.PLATITUDE, Act.PRAISED_EMPTILY)
_TELLING = (Act.LECTURED, Act.PERSUADED, Act.ADVISED)
_INSIGHT = (Act.CONCLUDED, Act.SHIFTED)
_OWN = (_INSIGHT,)
_MET = ((Act.CONFIRMED, Act.AGREED, *_INSIGHT),)

RULES: dict[str, Rule] = {
    "agenda": Rule(
        0.5,
        (
            Term(1.5, (Act.AGENDA,), 0, "asked what the session should be for"),
            Term(1.0, (Act.CHOICE,), 0.1, "let the client choose the direction"),
            Term(1.0, (Act.CENTRAL, Act.RATED), 0.4, "kept to it"),
            Term(0.8, (Act.SUMMARISED,), 0, "gathered up where things stood"),
        ),
        (Term(0.35, _TELLING, 0.5, "filled the time with telling"),),
        _MET,
        "never settled with the client what to work on",
    ),
    "feedback": Rule(
        0.3,
        (
            Term(2.2, (Act.FEEDBACK,), 0.12, "checked how it was landing"),
            Term(0.8, (Act.SUMMARISED,), 0.08, "summed up and let it be corrected"),
            Term(0.8, (Act.CHOICE,), 0.12, "asked leave before going on"),
            Term(0.8, (Act.REPAIRED,), 0, "changed course when the client balked"),
        ),
        (Term(0.35, (Act.PRESSED,), 0.1, "pressed on when the client balked"),),
        ((Act.CONFIRMED, Act.AGREED),),
        "never asked how the session was going for the client",
    ),
    "understanding": Rule(
        0.7,
        (
            Term(1.3, (Act.RESTATED,), 0.4, "gave the client's words back in new sentences"),
            Term(1.2, (Act.FELT,), 0.2, "named what the client felt"),
            Term(0.7, (Act.DEEPENED,), 0.15, "tied the feeling to what was said"),
            Term(0.5, (Act.RESPONDED,), 0.5, "took up the client's words"),
            Term(0.5, (Act.CENTRAL,), 0.25, "stayed with the thoughts that weigh most"),
            Term(0.5, (Act.CONFIRMED,), 0.1, "was told by the client that it fitted"),
            Term(0.3, (Act.SUMMARISED,), 0, "summed up what was said"),
        ),
        (
            Term(
                0.6,
                (Act.COPIED, Act.ECHOED),
                0.4,
                "handed the client's words back like a recording",
            ),
            Term(0.35, (Act.LECTURED,), 0.4, "talked over what the client had said"),
            Term(0.3, _HOLLOW, 0.4, "answered with stock phrases"),
            Term(0.1, (Act.ADVISED_EARLY,), 0.3, "advised before knowing the thought"),
            Term(0.3, (Act.PRESSED, Act.ATTACKED), 0.15, "missed the client's unwillingness"),
        ),
        ((Act.CONFIRMED,),),
        "gave nothing back that showed the client had been understood",
    ),
    "interpersonal": Rule(
        2.6,
        (
            Term(1.2, (Act.FELT, Act.VALIDATED), 0.25, "was warm about what the client felt"),
            Term(0.6, (Act.RESPONDED,), 0.5, "took up what was said"),
            Term(0.4, (Act.CHOICE,), 0.1, "left the client in charge"),
            Term(0.4, (Act.REPAIRED,), 0, "met reluctance with respect"),
        ),
        (
            Term(0.9, (Act.ATTACKED,), 0.15, "attacked the client"),
            Term(0.8, (Act.HARMED,), 0, "urged the client to something harmful"),
            Term(0.4, (Act.LECTURED, Act.JARGON), 0.5, "spoke like a textbook"),
            Term(0.4, _HOLLOW, 0.4, "offered warmth that had nothing to do with the client"),
            Term(0.3, (Act.GRILLED,), 0.6, "asked one question after another"),
            Term(0.3, (Act.PERSUADED,), 0.3, "contradicted the client"),
            Term(0.25, (Act.PRESSED,), 0.15, "pressed on against the client's will"),
            Term(0.4, (Act.COPIED, Act.ECHOED), 0.4, "sounded mechanical"),
            Term(0.2, (Act.STACKED,), 0.25, "piled up questions"),
            Term(0.1, (Act.ADVISED_EARLY,), 0.3, "was quick with advice"),
        ),
        _MET,
        "was neither warm nor hurtful",
    ),
    "collaboration": Rule(
        1.0,
        (
            Term(1.2, (Act.ANSWERED,), 0.5, "asked what the client could take up"),
            Term(0.8, _LISTENING, 0.4, "built on the client's words"),
            Term(0.8, (Act.CHOICE, Act.AGENDA, Act.FEEDBACK), 0.2, "shared the steering"),
            Term(0.4, (Act.WEIGHED,), 0.25, "had the client do the weighing"),
            Term(0.6, (Act.AGREED,), 0, "won the client for a next step"),
            Term(0.4, (Act.REPAIRED,), 0, "mended the strain together"),
        ),
        (
            Term(0.4, (Act.LECTURED,), 0.4, "did the work alone by lecturing"),
            Term(0.1, (Act.ADVISED_EARLY,), 0.25, "advised before there was a shared problem"),
            Term(0.2, (Act.GRILLED,), 0.6, "questioned the client like a witness"),
            Term(0.35, _HOLLOW, 0.4, "agreed instead of working"),
            Term(0.3, (Act.COPIED,), 0.4, "brought nothing to the work"),
            Term(0.35, (Act.PRESSED, Act.ATTACKED), 0.15, "worked against the client"),
            Term(0.5, (Act.HARMED,), 0, "left what is good for the client behind"),
        ),
        _OWN,
        "did not get to work together with the client",
    ),
    "pacing": Rule(
        1.6,
        (
            Term(1.0, (Act.ANSWERED,), 0.5, "moved at a pace the client could answer"),
            Term(0.8, (Act.CENTRAL, Act.WEIGHED), 0.4, "kept to the matter"),
            Term(0.6, (Act.SUMMARISED, Act.AGENDA), 0, "marked the stages"),
            Term(0.5, (Act.HOMEWORK,), 0, "brought it to a close"),
        ),
        (
            Term(0.4, (Act.LECTURED, Act.STACKED), 0.4, "crowded the time"),
            Term(0.4, (Act.COPIED,), 0.4, "went round in circles"),
            Term(0.2, (Act.UNANSWERED,), 0.3, "outran the client"),
        ),
        _OWN,
        "let the session run as it came",
    ),
    "guided_discovery": Rule(
        0.6,
        (
            Term(1.4, (Act.EXPLORED,), 0.4, "opened things up with questions"),
            Term(1.3, (Act.WEIGHED,), 0.25, "had the client look at facts and other readings"),
            Term(0.5, (Act.AGAINST,), 0, "drew the exceptions out of the client"),
            Term(0.4, (Act.FOR, Act.RECAST), 0, "gave the other side its hearing"),
            Term(1.0, _INSIGHT, 0.08, "left the conclusion to the client"),
        ),
        (
            Term(0.6, (Act.LECTURED, Act.PERSUADED), 0.4, "told instead of asking"),
            Term(0.5, (Act.GRILLED,), 0.6, "cross-examined"),
            Term(0.15, (Act.ADVISED,), 0.4, "gave the answers"),
            Term(0.6, (Act.ATTACKED,), 0.1, "cornered the client"),
            Term(0.3, (Act.HARMED,), 0, "handed out harmful answers"),
            Term(0.15, (Act.STACKED,), 0.25, "asked too much at once"),
            Term(0.15, _HOLLOW, 0.4, "closed questions off with comfort"),
        ),
        _OWN,
        "asked nothing that could lead the client to a discovery",
    ),
    "focus": Rule(
        0.9,
        (
            Term(0.6, (Act.EXPLORED,), 0.4, "opened up what troubles the client"),
            Term(0.9, (Act.THOUGHT,), 0.1, "asked for the thought and got it"),
            Term(0.7, (Act.MEANING,), 0, "went on to what it means"),
            Term(0.9, (Act.CENTRAL, Act.WEIGHED), 0.4, "came back to the thoughts that weigh most"),
            Term(0.6, (Act.WEIGHED,), 0.25, "kept the work on them"),
            Term(0.5, (Act.RATED,), 0, "had the thought rated"),
        ),
        (
            Term(0.4, (Act.LECTURED,), 0.4, "drifted into teaching"),
            Term(0.15, (Act.ADVISED_EARLY,), 0.25, "went for solutions first"),
            Term(0.2, _HOLLOW, 0.4, "brushed the thoughts aside with comfort"),
            Term(0.3, (Act.COPIED,), 0.4, "left the thoughts where they were"),
        ),
        ((Act.WEIGHED,),),
        "asked for no thought, meaning or belief",
    ),
    "strategy": Rule(
        0.9,
        (
            Term(0.6, (Act.THOUGHT,), 0, "found the thought to work on"),
            Term(1.1, (Act.WEIGHED,), 0.25, "followed a line of weighing it"),
            Term(0.4, (Act.RECAST,), 0, "led on to another way of seeing it"),
            Term(0.8, _INSIGHT, 0.08, "reached a view the client put in own words"),
            Term(0.3, (Act.RATED,), 0, "measured whether it had moved"),
            Term(0.4, (Act.AGREED,), 0, "carried it into the time ahead"),
            Term(0.7, (Act.ADVISED, Act.HOMEWORK), 0.1, "pointed at things to do"),
        ),
        (
            Term(0.3, (Act.LECTURED,), 0.4, "taught a method without using it"),
            Term(0.2, (Act.UNANSWERED,), 0.25, "went through the motions without the client"),
            Term(0.1, (Act.ADVISED_EARLY,), 0.25, "guessed at solutions"),
            Term(0.1, _HOLLOW, 0.4, "put comfort in the place of a plan"),
            Term(0.6, (Act.HARMED,), 0, "pointed the client towards harm"),
        ),
        _OWN,
        "followed no way of changing how the client thinks or acts",
    ),
    "technique": Rule(
        0.4,
        (
            Term(1.6, (Act.WEIGHED,), 0.25, "put weighing questions the client could use"),
            Term(0.6, (Act.RATED,), 0, "used ratings"),
            Term(0.8, _INSIGHT, 0.08, "brought the steps to a result"),
            Term(0.6, (Act.FELT, Act.RESTATED), 0.5, "wove listening into them"),
            Term(0.5, (Act.REPAIRED,), 0, "bent with the client's reluctance"),
        ),
        (
            Term(0.35, (Act.LECTURED, Act.STACKED), 0.4, "handled them heavily"),
            Term(0.3, (Act.UNANSWERED,), 0.25, "put them over the client's head"),
            Term(0.4, (Act.HARMED,), 0, "mixed them with harmful advice"),
        ),
        _OWN,
        "used no technique",
    ),
    "homework": Rule(
        0.0,
        (
            Term(2.0, (Act.HOMEWORK,), 0, "left the client with something to do"),
            Term(1.2, (Act.TAILORED,), 0, "made it from the client's own situation"),
            Term(0.8, (Act.EXPLAINED,), 0, "said what it is for"),
            Term(1.0, (Act.AGREED,), 0, "got a yes to it"),
        ),
        (),
        ((Act.AGREED,),),
        "agreed nothing for the time after the session",
    ),
}
