"""Laws of the client's mind: bounds, gates, wear, and that persuasion is not a shortcut."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.client import ClientState, respond
from agents.hearing.discourse import Ask, Heard, Move
from agents.mind.departure import drop_out_hazard, fade_hazard
from agents.mind.ledger import read_ledger
from agents.mind.parameters import load_parameters
from agents.mind.state import Mind, begin, hear_moves, is_ready, is_willing, may_shift, tell
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
def test_no_belief_changes_before_anything_was_told(
    persona: Persona, said: list[frozenset[Move]]
) -> None:
    start = mind = begin(persona, 0)
    for turn in said:
        mind = listen(persona, mind, *turn)
    assert mind.beliefs == start.beliefs


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
    mind = replace(begin(persona, 0), told=frozenset({"automatic_thought"}))
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
    assert hazards[-1] > 1.5 * hazards[0]  # at one state; what leads there differs as well


@pytest.mark.parametrize("exchange", [0, 1, 2])
def test_nobody_leaves_before_the_third_exchange(exchange: int) -> None:
    persona = BY_ATTITUDE[Attitude.NEGATIVE]
    mind = replace(begin(persona, 0), trust=0.0, tension=100.0, exchange=exchange)
    assert drop_out_hazard(persona, mind) == 0.0


P = load_parameters()
GOOD = [m for m in Move if P.get(f"trust.effect.{m}") > 0 and m is not Move.PRAISE]
asks = st.sampled_from(list(Ask))


def live(persona: Persona, seed: int, said: list[tuple[frozenset[Move], Ask]]) -> list[ClientState]:
    """Let a client hear and answer message after message, by its own decisions."""
    states = [ClientState(begin(persona, seed))]
    for turn, ask in said:
        states.append(respond(persona, states[-1], heard(*turn, ask=ask), seed)[0])
    return states


messages = st.lists(st.tuples(moves, asks), max_size=15)


@given(st.sampled_from(PERSONAS), st.integers(0, 9), messages)
def test_a_whole_session_obeys_the_laws(
    persona: Persona, seed: int, said: list[tuple[frozenset[Move], Ask]]
) -> None:
    states = live(persona, seed, said)
    assert states == live(persona, seed, said)
    for before, after in itertools.pairwise(states):
        old, new = before.mind, after.mind
        assert -P["trust.bound.loss"] <= round(new.trust - old.trust, 9) <= P["trust.bound.gain"]
        assert 0 <= drop_out_hazard(persona, new) <= P["drop_out.cap"]
        assert 0 <= fade_hazard(new) <= P["fade.cap"]
        assert old.told <= new.told
        for index, (was, now) in enumerate(zip(old.beliefs, new.beliefs, strict=True)):
            assert -P["belief.step"] <= round(now - was, 9) <= P["belief.harden"]
            assert now == was or new.on_table(index)


@given(st.sampled_from(PERSONAS), st.integers(0, 5), moves)
def test_lecturing_never_raises_trust(persona: Persona, seed: int, said: frozenset[Move]) -> None:
    mind = begin(persona, seed)
    without = hear_moves(persona, mind, heard(*(said - {Move.LECTURE})))
    along = hear_moves(persona, mind, heard(*(said | {Move.LECTURE})))
    assert along.trust <= without.trust


@given(st.sampled_from(PERSONAS), st.integers(0, 5), st.sampled_from(GOOD), st.integers(2, 12))
def test_the_next_equal_move_gains_no_more_than_the_last(
    persona: Persona, seed: int, move: Move, times: int
) -> None:
    mind, gains = begin(persona, seed), []
    for _ in range(times):
        after = hear_moves(persona, mind, heard(move))
        gains.append(after.trust - mind.trust)
        mind = after
    assert all(later <= earlier + 1e-9 for earlier, later in itertools.pairwise(gains))


levels = st.floats(0, 100)


@given(st.sampled_from(PERSONAS), levels, levels, levels, levels, st.integers(0, 20))
def test_the_drop_out_hazard_falls_with_trust_and_rises_with_tension(
    persona: Persona, trust: float, other: float, tension: float, more: float, exchange: int
) -> None:
    mind = replace(begin(persona, 0), exchange=exchange)
    low, high = sorted((trust, other))
    calm, cross = sorted((tension, more))
    safe = drop_out_hazard(persona, replace(mind, trust=high, tension=calm))
    assert safe <= drop_out_hazard(persona, replace(mind, trust=low, tension=calm))
    assert safe <= drop_out_hazard(persona, replace(mind, trust=high, tension=cross))


def test_a_rupture_opens_weighs_and_is_mended() -> None:
    persona = BY_ATTITUDE[Attitude.NEUTRAL]
    torn = hear_moves(persona, replace(begin(persona, 0), exchange=5), heard(Move.ATTACK))
    assert torn.rupture > 0
    assert torn.gauge(1, (), "", "").alliance == "rupture"
    assert drop_out_hazard(persona, torn) > drop_out_hazard(persona, replace(torn, rupture=0.0))
    ignored = hear_moves(persona, torn, heard(Move.OPEN_QUESTION))
    assert ignored.rupture == torn.rupture
    mended = hear_moves(persona, torn, heard(Move.NEGOTIATION, Move.REFLECTION))
    assert mended.rupture == 0
    assert mended.gauge(1, (), "", "").alliance == "mended"
    assert mended.tension < ignored.tension - P["rupture.relief"]


def test_people_of_one_attitude_differ_and_stay_themselves() -> None:
    same = [p.model_copy(update={"attitude": Attitude.NEUTRAL}) for p in PERSONAS]
    tempers = [begin(persona, 0).temper for persona in same]
    assert len(set(tempers)) == len({persona.form for persona in same})
    assert tempers == [begin(persona, 7).temper for persona in same]
    hurt = {
        round(begin(p, 0).trust - listen(p, begin(p, 0), Move.PLATITUDE).trust, 2) for p in same
    }
    assert max(hurt) > 1.3 * min(hurt)


def test_readiness_decides_who_can_look_at_a_thought_anew() -> None:
    persona = BY_ATTITUDE[Attitude.POSITIVE]
    mind = replace(begin(persona, 0), trust=P["shift.trust"])
    eager = replace(mind, temper=replace(mind.temper, readiness=15.0))
    slow = replace(mind, temper=replace(mind.temper, readiness=-15.0))
    assert is_ready(eager)
    assert not is_ready(slow)
    assert is_willing(eager)
    assert not is_willing(slow)
    assert is_willing(replace(slow, told=frozenset({"balanced.0"})))
    assert not is_willing(replace(eager, trust=P["shift.plan_trust"] - 1))


def test_the_ledger_says_what_came_out_when_at_which_trust_and_what_had_asked() -> None:
    persona = BY_ATTITUDE[Attitude.POSITIVE]
    state = ClientState(replace(begin(persona, 0), tension=0.0))
    question = heard(Move.OPEN_QUESTION, ask=Ask.THOUGHT)
    after, intent = respond(persona, state, question, 0)
    gauge = after.mind.gauge(3, intent.told, str(intent.act), "", str(intent.ask))
    (line,) = read_ledger((gauge,))
    assert (line.entry, line.turn, line.ask) == ("automatic_thought", 3, "thought")
    assert line.trust == gauge.trust
    assert line.moves == ("open_question",)
