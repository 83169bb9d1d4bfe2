from __future__ import annotations

import pytest
from ladder import ALTERNATIVE, DEFENSE, LADDER, PLAIN, play, retell

from agents.text import split_sentences
from agents.transcript import Sentence, Speaker, Transcript, Turn
from evaluators.scale import ctrs_items
from evaluators.scripted.ctrs import rate_ctrs
from evaluators.scripted.ctrs_rules import RULES
from evaluators.verdict import Verdict

COMPETENT = {"defense": DEFENSE, "alternative": ALTERNATIVE}
JARGON = (
    "This is cognitive restructuring through Socratic guided discovery of your core beliefs, "
    "in collaborative empiricism and with a strong therapeutic alliance."
)
PADDING = (
    "There are many sides to this and we are going to look at them one after the other, and it is "
    "quite all right to let them stand there for the moment and to see where they lead."
)


def rate(script: str | Transcript, items: int = 6) -> Verdict:
    transcript = play(script) if isinstance(script, str) else script
    return rate_ctrs(transcript, "en", 11 if items == 11 else 6)


def mean(script: str | Transcript) -> float:
    found = rate(script).mean
    assert found is not None
    return found


def score(script: str | Transcript, item: str) -> float:
    found = {rating.item: rating.score for rating in rate(script, 11).ratings}[item]
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("defense", 4.0, 5.2),
        ("alternative", 4.0, 5.2),
        ("plain", 2.6, 3.4),
        ("eliza", 1.6, 2.6),
        ("lecturer", 0.5, 2.0),
        ("parrot", 0.5, 2.0),
        ("sycophant", 0.0, 2.4),
        ("stuffer", 0.0, 2.4),
    ],
)
def test_known_groups_land_where_they_belong(name: str, low: float, high: float) -> None:
    assert low <= mean(LADDER[name]) <= high


def test_the_ladder_is_in_order() -> None:
    means = {name: mean(script) for name, script in LADDER.items()}
    poor = max(means[name] for name in ("parrot", "lecturer", "stuffer", "sycophant"))
    assert poor < means["eliza"] < means["plain"] < min(means["defense"], means["alternative"])


def test_nobody_saturates() -> None:
    for script in LADDER.values():
        assert all((rating.score or 0) < 6 for rating in rate(script, 11).ratings)


def test_no_rule_can_reach_the_top_of_the_scale() -> None:
    assert set(RULES) == {item.id for item in ctrs_items(11)}
    for rule in RULES.values():
        assert rule.base + sum(term.weight for term in rule.gains) < 5.75
        assert all(0 < term.weight < 1 for term in rule.losses)


@pytest.mark.parametrize("name", COMPETENT)
def test_jargon_raises_no_score(name: str) -> None:
    plain, stuffed = play(COMPETENT[name]), retell(play(COMPETENT[name]), add=JARGON)
    for before, after in zip(rate(plain, 11).ratings, rate(stuffed, 11).ratings, strict=True):
        assert (after.score or 0) <= (before.score or 0), before.item
    assert mean(stuffed) < mean(plain)


@pytest.mark.parametrize("name", ["plain", "eliza", "defense", "alternative"])
def test_length_alone_raises_no_score(name: str) -> None:
    short, long = play(LADDER[name]), retell(play(LADDER[name]), add=PADDING)
    for before, after in zip(rate(short, 11).ratings, rate(long, 11).ratings, strict=True):
        assert (after.score or 0) <= (before.score or 0), before.item


@pytest.mark.parametrize("name", COMPETENT)
def test_praise_in_the_place_of_listening_costs_understanding_and_collaboration(name: str) -> None:
    plain = play(COMPETENT[name])
    praised = keep_only_questions(plain, instead="That's amazing, you're so strong!")
    for item in ("understanding", "interpersonal", "collaboration"):
        assert score(praised, item) < score(plain, item)


def keep_only_questions(transcript: Transcript, instead: str = "") -> Transcript:
    """Drop what the counselor says besides questions, as if it had not listened."""
    turns = []
    for turn in transcript:
        if turn.speaker is Speaker.COUNSELOR:
            kept = [part.text for part in turn.sentences if part.text.endswith("?")] or ["Go on?"]
            text = f"{instead} {' '.join(kept)}".strip()
            turn = Turn(turn.speaker, tuple(Sentence(part) for part in split_sentences(text)))
        turns.append(turn)
    return tuple(turns)


@pytest.mark.parametrize("name", ["plain", "defense", "alternative"])
def test_without_reflections_understanding_falls_most(name: str) -> None:
    full, bare = play(LADDER[name]), keep_only_questions(play(LADDER[name]))
    lost = {
        item: score(full, item) - score(bare, item)
        for item in ("understanding", "guided_discovery", "strategy")
    }
    assert lost["understanding"] >= 1.0
    assert lost["understanding"] == max(lost.values())


@pytest.mark.parametrize("name", COMPETENT)
def test_lectures_instead_of_questions_end_guided_discovery(name: str) -> None:
    lecture = (
        "Research shows that people often draw the wrong conclusion from a single event, and the "
        "truth is that there is no evidence for your view. You should tell yourself every morning "
        "that one mistake means nothing, and write it down three times."
    )
    turns = []
    for turn in play(COMPETENT[name]):
        if turn.speaker is Speaker.COUNSELOR and "?" in turn.text:
            turn = Turn(turn.speaker, tuple(Sentence(part) for part in split_sentences(lecture)))
        turns.append(turn)
    taught = tuple(turns)
    assert score(taught, "guided_discovery") <= 1.0
    assert mean(taught) < 2.0


def test_cross_examination_is_not_guided_discovery() -> None:
    cold = """
    C: State your problem.
    K: I ordered the wrong steel in May.
    C: What thought went through your head?
    K: That I'm not fit to run a site.
    C: What is the evidence for it?
    K: The crew stood around for two days.
    C: What is the evidence against it?
    K: I've run four sites and that was the only one.
    C: Any other evidence against it?
    K: The planner changed the section and said nothing.
    C: What is a more balanced thought?
    K: I missed one order, it doesn't mean I can't run a site.
    C: How much do you believe the first one now, from 0 to 100?
    K: Sixty.
    """
    assert score(cold, "guided_discovery") <= 3.0
    assert score(cold, "understanding") <= 1.0
    assert mean(cold) < mean(DEFENSE) - 1.0


def test_questions_without_answers_count_little() -> None:
    mute = tuple(
        Turn(turn.speaker, (Sentence("I'd rather not say."),))
        if turn.speaker is Speaker.CLIENT and i > 3
        else turn
        for i, turn in enumerate(play(DEFENSE))
    )
    for item in ("guided_discovery", "focus", "strategy"):
        assert score(mute, item) <= 2.0


def test_without_the_clients_own_conclusion_four_is_the_most() -> None:
    flat = tuple(
        Turn(turn.speaker, (Sentence("Maybe. I don't know what to say about the steel."),))
        if turn.speaker is Speaker.CLIENT and i > 16
        else turn
        for i, turn in enumerate(play(DEFENSE))
    )
    for item in ("guided_discovery", "strategy", "technique"):
        assert score(flat, item) <= 4.0


@pytest.mark.parametrize("name", COMPETENT)
def test_dropping_the_task_drops_the_homework_item_only(name: str) -> None:
    full = play(COMPETENT[name])
    without = tuple(turn for turn in full if "this week" not in turn.text)
    assert score(full, "homework") >= 4.0
    assert score(without, "homework") <= 1.0
    assert abs(score(without, "understanding") - score(full, "understanding")) <= 0.5


def test_hostility_is_not_offset_by_skill() -> None:
    harsh = retell(play(DEFENSE), add="Pull yourself together, stop whining.")
    assert score(harsh, "interpersonal") <= 1.0


@pytest.mark.parametrize("name", LADDER)
def test_every_rating_shows_its_evidence_word_for_word(name: str) -> None:
    transcript = play(LADDER[name])
    for rating in rate(transcript, 11).ratings:
        assert 1 <= len(rating.evidence) <= 3
        assert all(piece.quote in transcript[piece.turn].text for piece in rating.evidence)
        assert all(piece.quote for piece in rating.evidence)
        assert rating.note.startswith("The counselor ")
        assert rating.note.endswith(".")
        assert rating.score is not None
        assert rating.score * 2 == int(rating.score * 2)


@pytest.mark.parametrize("items", [6, 11])
def test_a_session_too_short_to_judge_is_missing_not_zero(items: int) -> None:
    verdict = rate(play(PLAIN)[:6], items)
    assert verdict.scale == f"ctrs{items}"
    assert len(verdict.missing) == items
    assert verdict.mean is None
    assert all("only 2" in rating.note for rating in verdict.ratings)
    assert rate((), items).mean is None


def test_the_same_transcript_is_rated_the_same() -> None:
    assert rate(DEFENSE) == rate(DEFENSE)
