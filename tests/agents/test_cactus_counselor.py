"""The scripted Cactus counselor: planning, revising, repairing, and how its sentences sound."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from agents.counselors.base import CounselorView, Utterance
from agents.counselors.cactus import CactusCounselor, is_clause
from agents.counselors.cactus_plan import ENDING, OPENING
from agents.counselors.formulation import Formulation
from agents.counselors.techniques import load_asks, load_techniques, rank_techniques
from agents.hearing.discourse import Ask, Move, classify, classify_ask, hear
from agents.phrasebook import load_phrases, parse_tagged
from agents.text import words
from agents.transcript import Sentence, Speaker, Strategy, Transcript, Turn, client_turn
from personas.schema import Demographics, PublicIntake

REASON = "I get tense before my shifts and my wife says I am not myself."
SLOTS = {
    "echo": "you braked late", "clause": "you braked late", "feeling": "shaky", "name": "Tomas",
    "thought": "I'm not safe behind a wheel", "balanced": "I braked late once in nineteen years",
    "plain": "look at the rule you have been living under", "pro": "you braked late",
    "con": "nobody saw the cyclist",
}  # fmt: skip
CANNED = (
    "I'd like to drive without shaking again.",
    "Thursday, at the Mill Road lights, a woman fell when I braked.",
    "I thought I'm not safe behind a wheel any more.",
    "Ashamed, mostly. And my hands go cold.",
    "Eighty, I'd say.",
    "I braked late and the camera shows it.",
    "The cyclist came out between two parked vans.",
    "Nineteen years and that was the only fall I had.",
    "My brother says the road layout was changed after it.",
    "The inspector wrote it down as unavoidable.",
    "I could be one part of it and not the whole thing.",
    "Fifty, sitting here.",
    "I could write that on the back of my card.",
    "It was all right, you didn't push.",
)


def intake(reason: str = REASON) -> PublicIntake:
    return PublicIntake(demographics=Demographics(name="Tomas Reyes", age=47), reason=reason)


def start(opening: str = "It's the driving, I don't like it any more.") -> Transcript:
    return (
        Turn(Speaker.COUNSELOR, (Sentence("Hello Tomas, what brings you in?"),)),
        client_turn(opening),
    )


def view_of(
    transcript: Transcript, picture: Formulation, seed: int = 1, reason: str = REASON
) -> CounselorView:
    return CounselorView(intake(reason), transcript, picture, "", "en", seed)


def speak(view: CounselorView) -> Utterance:
    return asyncio.run(CactusCounselor("en").speak(view))


def play(
    lines: tuple[str, ...], turns: int = 24, seed: int = 1
) -> tuple[Transcript, list[Utterance]]:
    transcript, picture, said = start(), Formulation(), []
    for index in range(turns):
        utterance = speak(view_of(transcript, picture, seed))
        said.append(utterance)
        picture = utterance.formulation
        transcript += (Turn(Speaker.COUNSELOR, utterance.sentences),)
        if utterance.closes:
            break
        transcript += (client_turn(lines[index % len(lines)]),)
    return transcript, said


@pytest.mark.parametrize(
    ("reason", "technique"),
    [
        ("It was my fault that the project failed and I feel guilty.", "pie_chart"),
        (
            "I keep away from lifts and crowds, I have been avoiding the supermarket.",
            "systematic_exposure",
        ),
        (
            "What if something terrible happens, I worry that it all ends in disaster.",
            "decatastrophizing",
        ),
        (
            "I should always be there for everyone, I ought to do more, I must not rest.",
            "changing_rules_to_wishes",
        ),
        ("I have debts and bills and don't know where to start.", "problem_solving"),
        ("I can't decide whether to quit my job or stay, I feel torn.", "pros_and_cons"),
        ("I go over and over it at night and can't switch off.", "efficiency_evaluation"),
    ],
)
def test_planner_picks_a_technique_that_fits_the_reason(reason: str, technique: str) -> None:
    plan = speak(view_of(start("I don't know where to begin."), Formulation(), reason=reason))
    assert plan.formulation.technique == technique
    assert plan.formulation.plan == (*OPENING, *load_techniques("en")[technique].steps, *ENDING)


def test_every_technique_has_steps_with_phrases_and_comes_first_for_some_words() -> None:
    bank, asks = load_phrases("cactus", "en"), load_asks()
    assert len(load_techniques("en")) == 12
    for technique in load_techniques("en").values():
        assert 4 <= len(technique.steps) <= 6
        assert technique.plain
        assert all(step in asks and len(bank[f"ask.{step}"]) >= 5 for step in technique.steps)
        assert bank[f"try_out.{technique.homework}"]
    assert rank_techniques("", "en")[0].id == "evidence_based_questioning"


@pytest.mark.parametrize(
    "key", [k for k in load_phrases("cactus", "en") if k.startswith(("ask.", "try_out."))]
)
def test_every_question_asks_what_its_step_is_after(key: str) -> None:
    kind, _, step = key.partition(".")
    wanted = load_asks()[step] if kind == "ask" else Ask.PLAN
    for template in load_phrases("cactus", "en")[key]:
        asked = [classify_ask(s.text, "en") for s in parse_tagged(template.format_map(SLOTS))]
        assert [ask for ask in asked if ask is not Ask.NONE] == [wanted], template


def test_every_sentence_carries_a_strategy_and_none_lectures_or_consoles() -> None:
    barred = {
        Move.PERSUASION,
        Move.PLATITUDE,
        Move.ATTACK,
        Move.JARGON,
        Move.PRAISE,
        Move.INFORMATION,
    }
    for key, templates in load_phrases("cactus", "en").items():
        for template in () if key.startswith("words.") else templates:
            sentences = parse_tagged(template.format_map(SLOTS))
            assert all(isinstance(sentence.strategy, Strategy) for sentence in sentences), template
            assert not any(classify(sentence.text, "en")[0] & barred for sentence in sentences), (
                template
            )


@pytest.mark.parametrize("key", ["lead.felt", "lead.feeling", "lead.eased"])
def test_leads_before_a_number_reflect_the_feeling(key: str) -> None:
    for template in load_phrases("cactus", "en")[key]:
        moves = [classify(s.text, "en")[0] for s in parse_tagged(template.format_map(SLOTS))]
        assert any(Move.REFLECTION in found for found in moves), template


@pytest.mark.parametrize("seed", range(6))
def test_a_willing_client_is_taken_through_the_whole_session(seed: int) -> None:
    transcript, said = play(CANNED, seed=seed)
    own = [turn for turn in transcript[2:] if turn.speaker is Speaker.COUNSELOR]
    spoken = Counter(sentence.text for turn in own for sentence in turn.sentences)
    assert said[-1].closes
    assert 12 <= len(own) <= 22
    assert max(spoken.values()) == 1
    for index, turn in enumerate(transcript):
        if index and turn.speaker is Speaker.COUNSELOR:
            assert hear(transcript[: index + 1], "en").questions <= 1, turn.text
            assert len(turn.sentences) <= 3
            assert len(words(turn.text)) <= 36


def test_the_picture_is_drawn_from_the_clients_words() -> None:
    picture = play(CANNED)[1][-1].formulation
    assert picture.automatic_thought == "I thought I'm not safe behind a wheel any more."
    assert picture.feeling == "ashamed"
    assert picture.situation.startswith("Thursday")
    assert picture.channel is not None
    assert picture.channel.rating_before == 80
    assert picture.channel.case_for


@pytest.mark.parametrize("line", ["I'd rather not go into that.", "Is this supposed to help?"])
def test_resistance_is_met_with_repair_before_anything_else(line: str) -> None:
    first = speak(view_of(start(), Formulation()))
    transcript = (*start(), Turn(Speaker.COUNSELOR, first.sentences), client_turn(line))
    repair = speak(view_of(transcript, first.formulation))
    assert repair.formulation.plan[repair.formulation.step] == "repair"
    heard = hear((*transcript, Turn(Speaker.COUNSELOR, repair.sentences)), "en")
    assert Move.NEGOTIATION in heard.moves
    assert {Strategy.NEGOTIATE, Strategy.REASSURANCE} == {s.strategy for s in repair.sentences}
    transcript += (
        Turn(Speaker.COUNSELOR, repair.sentences),
        client_turn("Fine. I check the mirror a lot."),
    )
    after = speak(view_of(transcript, repair.formulation))
    assert (
        after.formulation.plan[after.formulation.step] == "situation"
        if "rather" in line
        else "focus"
    )


def test_lasting_resistance_changes_the_technique_twice_at_most_and_says_so() -> None:
    lines = ("I'd rather not say.", "Is this supposed to help?", "Dunno.", "Waste of time, this.")
    _, said = play(lines, turns=18)
    steps = [u.formulation.plan[u.formulation.step] for u in said]
    techniques = list(dict.fromkeys(u.formulation.technique for u in said))
    assert steps.count("shift") == said[-1].formulation.revisions == 2
    assert len(techniques) == 3
    shift = said[steps.index("shift")]
    plain = load_techniques("en")[shift.formulation.technique].plain
    assert plain in " ".join(sentence.text for sentence in shift.sentences)


def test_a_step_without_substance_is_asked_again_in_other_words_then_left() -> None:
    _, said = play((*CANNED[:5], "Dunno.", "No idea."), turns=8)
    steps = [u.formulation.plan[u.formulation.step] for u in said]
    assert steps[5] == steps[6]
    assert said[5].sentences[-1].text != said[6].sentences[-1].text
    assert steps[7] == "shift"


def test_at_the_twentieth_exchange_the_ending_begins_at_once() -> None:
    long = start()
    for index in range(19):
        long += (
            Turn(Speaker.COUNSELOR, (Sentence(f"Part {index}?"),)),
            client_turn("I braked late that day."),
        )
    picture = Formulation(
        technique="pie_chart", plan=(*OPENING, "shares", *ENDING), step=5, attempts=1
    )
    last = speak(view_of(long, picture))
    assert last.formulation.plan[last.formulation.step] == "try_out"


def test_another_thought_picked_from_the_knot_is_measured_in_its_turn() -> None:
    plan = (*OPENING, "knot", "options", *ENDING)
    picture = Formulation(
        technique="problem_solving", plan=plan, step=5, attempts=1, automatic_thought="It all ends."
    )
    asked = Turn(Speaker.COUNSELOR, (Sentence("Which piece presses the most?"),))
    transcript = (*start(), asked, client_turn("I'm going to freeze in the practical."))
    after = speak(view_of(transcript, picture)).formulation
    assert after.automatic_thought == "I'm going to freeze in the practical."
    assert after.plan[after.step] == "rating"


def test_equal_views_give_equal_words() -> None:
    view = view_of(start(), Formulation(), seed=5)
    assert speak(view) == speak(view)
    assert len({speak(view_of(start(), Formulation(), seed=s)).sentences for s in range(12)}) > 2


def test_fragments_are_not_taken_for_clauses() -> None:
    assert is_clause("you can't drive any more", "en")
    assert is_clause("they're waiting for a slip", "en")
    assert not is_clause("after the late shift", "en")
    assert not is_clause("the red bus", "en")
