"""The ledger between voices and a model: what is sent, what comes from the tape, what is entered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel

from agents.models.budget import Budget, BudgetSpent
from agents.models.calls import CallRecord
from agents.models.endpoint import Endpoint
from agents.models.faults import CallFault, Diagnosis, Kind, PermanentFault
from agents.models.ledger import Ledger, LedgerModel, keeping
from agents.models.reply import Reply
from agents.models.stop import StopRun
from agents.models.usage import Usage
from runs.journal import Journal

TALK: list[BaseMessage] = [SystemMessage("You listen."), HumanMessage("zqhiddenqz weighs on me.")]
PRICED = Endpoint(model="tiny", price_prompt=100.0, price_cached=10.0, price_completion=1000.0)
FAULT = Diagnosis(Kind.REJECTED, "too long", 400)


class Mood(BaseModel):
    mood: str


class Weather(BaseModel):
    mood: str


class Blank:
    """The tape of an episode that is played for the first time and will not be played again."""

    def take(self, request: str) -> Reply | None:
        return None

    def keep(self, request: str, reply: Reply) -> None:
        pass


@dataclass
class Double:
    """Numbers its replies; `answer` may raise or change one."""

    answer: Callable[[Reply], Reply] = lambda reply: reply
    voice: str = "tiny-1"
    sent: list[dict[str, Any]] = field(default_factory=list)

    async def call(
        self,
        messages: Sequence[BaseMessage],
        *,
        role: str,
        seed: int | None = None,
        schema: type[BaseModel] | None = None,
        max_tokens: int | None = None,
    ) -> Reply:
        self.sent.append({"messages": messages, "role": role, "seed": seed})
        text = f'{{"mood": "low {len(self.sent)}"}}'
        parsed = schema.model_validate_json(text) if schema else None
        await asyncio.sleep(0)
        return self.answer(Reply(text, "tiny", 1000, 400, 10, 0.123456, "stop", 2, parsed))


async def ask(model: LedgerModel, talk: Sequence[BaseMessage] = TALK, **options: Any) -> Reply:
    return await model.call(talk, **{"role": "client", "seed": 5, **options})


def play(
    model: LedgerModel, *calls: dict[str, Any], tape: Any = None, budget: Budget | None = None
) -> tuple[list[Reply], list[CallRecord]]:
    """The replies to these calls in one life of an episode, and its ledger."""

    async def live() -> list[Reply]:
        return [await ask(model, **call) for call in calls]

    ledger = Ledger(tape or Blank(), budget or Budget())
    with keeping(ledger):
        return asyncio.run(live()), ledger.calls


def test_a_request_of_an_earlier_life_is_answered_from_the_tape(tmp_path: Path) -> None:
    inner, journal = Double(), Journal(tmp_path)
    model = LedgerModel(inner, "fake")
    first, entered = play(model, {}, {}, {"seed": 6}, tape=journal.open("k"))
    again, entered_again = play(model, {"seed": 6}, {}, {}, {}, tape=journal.open("k"))
    assert len(inner.sent) == 4
    assert [reply.text for reply in again[:3]] == [first[i].text for i in (2, 0, 1)]
    assert again[3].text.endswith('4"}')
    assert entered_again == [entered[2], entered[0], entered[1], entered[0]]


def test_nothing_of_a_request_is_in_the_journal(tmp_path: Path) -> None:
    play(LedgerModel(Double(), "fake"), {"schema": Mood}, tape=Journal(tmp_path).open("k"))
    written = (tmp_path / "calls" / "k.jsonl").read_text()
    assert "low 1" in written
    for part in ("zqhiddenqz", "listen", "weighs", "client", "fake"):
        assert part not in written


OTHER: list[dict[str, Any]] = [
    {"seed": 6},
    {"seed": None},
    {"role": "counselor"},
    {"schema": Mood},
    {"max_tokens": 40},
    {"talk": TALK[1:]},
    {"talk": [TALK[0], HumanMessage("zqhiddenqz weighs on me!")]},
    {"talk": [TALK[0], AIMessage("zqhiddenqz weighs on me.")]},
    {"talk": [TALK[0], HumanMessage("zqhiddenqz"), HumanMessage(" weighs on me.")]},
]


@pytest.mark.parametrize("other", OTHER, ids=str)
def test_another_request_is_sent(other: dict[str, Any], tmp_path: Path) -> None:
    inner, journal = Double(), Journal(tmp_path)
    model = LedgerModel(inner, "fake")
    play(model, {}, tape=journal.open("k"))
    play(model, other, tape=journal.open("k"))
    assert len(inner.sent) == 2


def test_another_schema_or_model_is_another_request(tmp_path: Path) -> None:
    inner, journal = Double(), Journal(tmp_path)
    play(LedgerModel(inner, "fake"), {"schema": Mood}, tape=journal.open("k"))
    play(LedgerModel(inner, "fake"), {"schema": Weather}, tape=journal.open("k"))
    play(LedgerModel(inner, "other"), {"schema": Mood}, tape=journal.open("k"))
    assert len(inner.sent) == 3


def test_a_kept_reply_is_parsed_again(tmp_path: Path) -> None:
    model, journal = LedgerModel(Double(), "fake"), Journal(tmp_path)
    first, _ = play(model, {"schema": Mood}, tape=journal.open("k"))
    again, _ = play(model, {"schema": Mood}, tape=journal.open("k"))
    assert first[0].parsed == again[0].parsed == Mood(mood="low 1")


def test_a_kept_reply_that_did_not_fit_is_still_missing(tmp_path: Path) -> None:
    inner = Double(lambda reply: replace(reply, text="Who can say?", parsed=None))
    model, journal = LedgerModel(inner, "fake"), Journal(tmp_path)
    play(model, {"schema": Mood}, tape=journal.open("k"))
    again, _ = play(model, {"schema": Mood}, tape=journal.open("k"))
    assert (again[0].parsed, len(inner.sent)) == (None, 1)


def test_a_call_is_entered_with_what_it_took() -> None:
    budget = Budget()
    _, calls = play(LedgerModel(Double(), "fake", PRICED), {"role": "ctrs"}, budget=budget)
    cost = (600 * 100 + 400 * 10 + 10 * 1000) / 1e6
    assert calls == [CallRecord("ctrs", "fake", 1000, 400, 10, 0.1235, "stop", 2, cost)]
    assert (budget.tokens, budget.cost) == (1010, cost)


def test_a_kept_reply_costs_this_process_nothing(tmp_path: Path) -> None:
    journal, budget = Journal(tmp_path), Budget()
    model = LedgerModel(Double(), "fake", PRICED)
    _, paid = play(model, {}, tape=journal.open("k"))
    _, kept = play(model, {}, tape=journal.open("k"), budget=budget)
    assert kept == paid
    assert (budget.tokens, budget.cost) == (0, 0.0)


@pytest.mark.parametrize("kind", [CallFault, PermanentFault])
def test_a_fault_is_entered_with_what_its_attempts_took(
    kind: type[CallFault], tmp_path: Path
) -> None:
    def fail(_: Reply) -> Reply:
        raise kind("fake: too long", FAULT, Usage(300, 100, 7, attempts=3))

    budget = Budget()
    ledger = Ledger(Journal(tmp_path).open("k"), budget)
    with keeping(ledger), pytest.raises(kind):
        asyncio.run(ask(LedgerModel(Double(fail), "fake", PRICED)))
    cost = (200 * 100 + 100 * 10 + 7 * 1000) / 1e6
    told = CallRecord("client", "fake", 300, 100, 7, 0.0, "fault: rejected", 3, cost)
    assert ledger.calls == [told]
    assert (budget.tokens, budget.cost) == (307, cost)
    assert list((tmp_path / "calls").iterdir()) == []


@pytest.mark.parametrize("bound", [{"max_tokens": 1010}, {"max_cost": 0.074}])
def test_a_spent_budget_stops_before_the_call(bound: dict[str, Any]) -> None:
    inner, budget = Double(), Budget(**bound)
    model = LedgerModel(inner, "fake", PRICED)
    with pytest.raises(BudgetSpent, match="the budget is spent: ") as caught:
        play(model, {}, {}, budget=budget)
    assert isinstance(caught.value, StopRun)
    assert len(inner.sent) == 1


def test_a_spent_budget_does_not_keep_from_what_is_paid(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    model = LedgerModel(Double(), "fake")
    play(model, {}, tape=journal.open("k"))
    play(model, {}, tape=journal.open("k"), budget=Budget(max_tokens=1, tokens=1))


def test_a_budget_without_bounds_is_never_spent() -> None:
    budget = Budget(cost=1e9, tokens=10**12)
    play(LedgerModel(Double(), "fake"), {}, budget=budget)


def test_episodes_at_the_same_time_keep_their_own_ledgers() -> None:
    model = LedgerModel(Double(), "fake")
    ledgers = [Ledger(Blank(), Budget()) for _ in range(2)]

    async def episode(ledger: Ledger, role: str, calls: int) -> None:
        with keeping(ledger):
            for seed in range(calls):
                await ask(model, role=role, seed=seed)
            async with asyncio.TaskGroup() as judges:  # as the CTRS judge asks
                for seed in range(2):
                    judges.create_task(ask(model, role=f"{role} judged", seed=seed))

    async def run() -> None:
        await asyncio.gather(episode(ledgers[0], "one", 3), episode(ledgers[1], "two", 4))

    asyncio.run(run())
    assert [call.role for call in ledgers[0].calls] == ["one"] * 3 + ["one judged"] * 2
    assert [call.role for call in ledgers[1].calls] == ["two"] * 4 + ["two judged"] * 2


def test_a_call_outside_of_an_episode_is_a_mistake() -> None:
    inner = Double()
    model = LedgerModel(inner, "fake")
    play(model, {})
    with pytest.raises(LookupError):
        asyncio.run(ask(model))
    assert len(inner.sent) == 1
    assert model.voice == "tiny-1"
