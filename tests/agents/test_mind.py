"""Laws of the client's mind: bounds, gates, wear, and that persuasion is not a shortcut."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.discourse import Ask, Heard, Move
from agents.mind import Mind, begin, drop_out_hazard, hear_moves, may_shift, tell
from personas.builtin import load_builtin
from personas.schema import Attitude, Persona

PERSONAS = load_builtin("en")
BY_ATTITUDE = {
    attitude: next(p for p in PERSONAS if p.attitude is attitude) for attitude in Attitude
}


def heard(*moves: Move, ask: Ask = Ask.NONE) -> Heard:
    return Heard(
        "…",
        (),
        frozenset(moves),
        ask,
        questions=int(ask is not Ask.NONE),
        word_count=12,
        grounded=0.5,
    )


def listen(persona: Persona, mind: Mind, *moves: Move, times: int = 1) -> Mind:
    for _ in range(times):
        mind = tell(persona, hear_moves(persona, mind, heard(*moves)), heard(*moves), ())
    return mind


moves = st.frozensets(st.sampled_from(list(Move)), max_size=6)


@given(st.sampled_from(PERSONAS), st.integers(0, 5), st.lists(moves, max_size=25))
def test_every_level_stays_in_bounds(
    persona: Persona, seed: int, said: list[frozenset[Move]]
) -> None:
    mind = begin(persona, seed)
    for turn in said:
        mind = listen(persona, mind, *turn)
        levels = (mind.trust, mind.tension, mind.distress, mind.hope, *mind.beliefs)
        assert all(0 <= level <= 100 for level in levels)


@given(st.sampled_from(PERSONAS), st.integers(0, 5), moves)
def test_validation_never_lowers_trust(persona: Persona, seed: int, said: frozenset[Move]) -> None:
    mind = begin(persona, seed)
    without = hear_moves(persona, mind, heard(*(said - {Move.VALIDATION})))
    along = hear_moves(persona, mind, heard(*(said | {Move.VALIDATION})))
    assert along.trust >= without.trust


HARMS = [Move.LECTURE, Move.PLATITUDE, Move.PERSUASION, Move.ATTACK, Move.ADVICE, Move.PARROT]


@given(st.sampled_from(PERSONAS), st.integers(0, 5), st.sampled_from(HARMS))
def test_what_hurts_the_alliance_lowers_trust(persona: Persona, seed: int, move: Move) -> None:
    mind = begin(persona, seed)
    assert hear_moves(persona, mind, heard(move)).trust < mind.trust


def test_the_same_move_again_and_again_wears_off() -> None:
    persona = BY_ATTITUDE[Attitude.NEUTRAL]
    mind = begin(persona, 0)
    gains = []
    for _ in range(4):
        after = hear_moves(persona, mind, heard(Move.VALIDATION))
        gains.append(after.trust - mind.trust)
        mind = replace(after, trust=mind.trust)
    assert gains == sorted(gains, reverse=True)
    assert gains[-1] < 0.7 * gains[0]


def test_praise_turns_sour() -> None:
    persona = BY_ATTITUDE[Attitude.POSITIVE]
    mind = begin(persona, 0)
    assert listen(persona, mind, Move.PRAISE, times=10).trust < mind.trust


@given(st.sampled_from(PERSONAS), st.lists(moves, max_size=20))
def test_no_belief_falls_before_anything_was_told(
    persona: Persona, said: list[frozenset[Move]]
) -> None:
    start = mind = begin(persona, 0)
    for turn in said:
        mind = listen(persona, mind, *turn)
    assert all(now >= before for now, before in zip(mind.beliefs, start.beliefs, strict=True))


def test_a_belief_falls_by_the_clients_own_evidence_and_more_so_when_the_case_was_heard() -> None:
    persona = BY_ATTITUDE[Attitude.POSITIVE]
    question = heard(Move.OPEN_QUESTION, ask=Ask.EVIDENCE_AGAINST)
    mind = tell(persona, begin(persona, 0), question, ("automatic_thought",))
    unheard = tell(persona, mind, question, ("against.0.0",))
    case = tell(persona, mind, question, ("for.0.0",))
    after = tell(persona, case, question, ("against.0.0",))
    assert unheard.beliefs[0] < mind.beliefs[0]
    assert case.beliefs[0] - after.beliefs[0] > mind.beliefs[0] - unheard.beliefs[0]
    assert mind.beliefs[1:] == after.beliefs[1:]


def test_a_belief_moves_by_a_bounded_step() -> None:
    persona = BY_ATTITUDE[Attitude.POSITIVE]
    mind = replace(begin(persona, 0), trust=100.0, told=frozenset({"automatic_thought", "for.0.0"}))
    everything = (*tuple(f"against.0.{i}" for i in range(4)), "balanced.0")
    after = tell(persona, mind, heard(ask=Ask.EVIDENCE_AGAINST), everything)
    assert mind.beliefs[0] - after.beliefs[0] <= 16


def test_persuasion_without_alliance_hardens() -> None:
    persona = BY_ATTITUDE[Attitude.NEGATIVE]
    mind = begin(persona, 0)
    assert hear_moves(persona, mind, heard(Move.PERSUASION)).beliefs[0] > mind.beliefs[0]


def test_no_shift_without_both_sides() -> None:
    persona = BY_ATTITUDE[Attitude.POSITIVE]
    told = {"automatic_thought", "for.0.0", "for.0.1", "against.0.0", "against.0.1", "against.0.2"}
    mind = replace(begin(persona, 0), trust=70.0)
    assert may_shift(persona, replace(mind, told=frozenset(told)), 0)
    for side in ("for", "against"):
        thin = frozenset(entry for entry in told if not entry.startswith(side))
        assert not may_shift(persona, replace(mind, told=thin), 0)


def test_attitude_sets_where_trust_starts_and_who_leaves() -> None:
    starts = [
        begin(BY_ATTITUDE[a], 0).trust
        for a in (Attitude.POSITIVE, Attitude.NEUTRAL, Attitude.NEGATIVE)
    ]
    assert starts == sorted(starts, reverse=True)
    sour = replace(begin(BY_ATTITUDE[Attitude.NEUTRAL], 0), trust=20.0, tension=60.0, exchange=6)
    hazards = [drop_out_hazard(BY_ATTITUDE[a], sour) for a in Attitude]
    assert hazards == sorted(hazards)
    assert hazards[-1] > 2 * hazards[0]


@pytest.mark.parametrize("exchange", [0, 1, 2])
def test_nobody_leaves_before_the_third_exchange(exchange: int) -> None:
    persona = BY_ATTITUDE[Attitude.NEGATIVE]
    mind = replace(begin(persona, 0), trust=0.0, tension=100.0, exchange=exchange)
    assert drop_out_hazard(persona, mind) == 0.0
