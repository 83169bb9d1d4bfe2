"""A local model: batches, schemas and faults, with a small engine instead of a checkpoint."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel

from agents.models.checkpoint import Job, Output, load_checkpoint
from agents.models.faults import CallFault, Kind
from agents.models.local import LocalModel
from personas.errors import InputError

TALK = [SystemMessage("You listen."), HumanMessage("I feel low.")]


class Mood(BaseModel):
    mood: str


class SmallEngine:
    """Counts words as tokens, keeps every batch, answers from a function of the job."""

    context = 40

    def __init__(
        self, answer: Callable[[Job], str] = lambda job: f"Yes, {job.prompt[-1]}."
    ) -> None:
        self.answer = answer
        self.batches: list[Sequence[Job]] = []
        self.gate = threading.Event()
        self.gate.set()

    def render(self, messages: Sequence[BaseMessage]) -> str:
        if not isinstance(messages[-1], HumanMessage):
            raise ValueError("the last message is not the user's")
        return "\n".join(str(message.content) for message in messages)

    def count(self, prompt: str) -> int:
        return len(prompt.split())

    def generate(self, jobs: Sequence[Job]) -> list[Output]:
        self.gate.wait(10)
        self.batches.append(jobs)
        outputs = []
        for job in jobs:
            words = self.answer(job).split()
            outputs.append(
                Output(" ".join(words[: job.max_tokens]), len(words), len(words) <= job.max_tokens)
            )
        return outputs


def make_model(engine: SmallEngine, **options: Any) -> LocalModel:
    return LocalModel(Path("out/tiny"), load=lambda _: engine, **options)


async def say(model: LocalModel, words: str, **options: Any) -> Any:
    return await model.call([HumanMessage(words)], role="client", **options)


def test_a_reply_with_its_counts() -> None:
    engine = SmallEngine(lambda _: "That sounds hard.")
    reply = asyncio.run(make_model(engine).call(TALK, role="counselor"))
    assert reply.text == "That sounds hard."
    assert reply.model == "local:out/tiny"
    assert (reply.prompt_tokens, reply.completion_tokens, reply.cached_tokens) == (5, 3, 0)
    assert (reply.finish_reason, reply.attempts) == ("stop", 1)


def test_a_cut_reply_says_so() -> None:
    engine = SmallEngine(lambda _: "one two three four")
    reply = asyncio.run(make_model(engine).call(TALK, role="counselor", max_tokens=2))
    assert (reply.text, reply.finish_reason) == ("one two", "length")


def test_requests_of_one_moment_share_batches_of_sixteen() -> None:
    engine = SmallEngine(lambda job: job.prompt)
    model = make_model(engine)

    async def play() -> list[str]:
        replies = await asyncio.gather(*(say(model, f"n{n}", max_tokens=2) for n in range(20)))
        return [reply.text for reply in replies]

    assert asyncio.run(play()) == [f"n{n}" for n in range(20)]
    assert [len(batch) for batch in engine.batches] == [16, 4]
    assert asyncio.run(say(model, "later")).text == "later"  # on another event loop


def test_a_batch_leaves_room_for_the_longest_prompt_and_reply() -> None:
    engine = SmallEngine()
    model = make_model(engine)

    async def play() -> None:
        long_prompt = "word " * 30
        await asyncio.gather(say(model, "a", max_tokens=30), say(model, long_prompt, max_tokens=5))

    asyncio.run(play())
    assert [len(batch) for batch in engine.batches] == [1, 1]


def test_who_stops_waiting_is_left_out() -> None:
    engine = SmallEngine()
    model = make_model(engine)

    async def play() -> None:
        engine.gate.clear()
        first = asyncio.create_task(say(model, "a"))
        await asyncio.sleep(0.01)
        gone, stays = (asyncio.create_task(say(model, word)) for word in ("b", "c"))
        await asyncio.sleep(0.01)
        gone.cancel()
        engine.gate.set()
        assert (await first).text == "Yes, a."
        assert (await stays).text == "Yes, c."

    asyncio.run(play())
    assert [[job.prompt for job in batch] for batch in engine.batches] == [["a"], ["c"]]


def test_temperature_and_seed_reach_the_engine() -> None:
    engine = SmallEngine()
    asyncio.run(say(make_model(engine, temperature=0.7), "a", seed=5))
    assert (engine.batches[0][0].temperature, engine.batches[0][0].seed) == (0.7, 5)


def test_a_schema_is_described_and_asked_for_again() -> None:
    answers = iter(["No idea.", 'Well: {"mood": "low"}'])
    engine = SmallEngine(lambda _: next(answers))
    engine.context = 1000
    reply = asyncio.run(make_model(engine).call(TALK, role="appraisal", seed=3, schema=Mood))
    assert reply.parsed == Mood(mood="low")
    assert (reply.attempts, reply.completion_tokens) == (2, 5)
    first, second = (batch[0] for batch in engine.batches)
    assert '"mood"' in first.prompt
    assert "No idea." in second.prompt
    assert (first.seed, second.seed) == (3, 4)


def test_what_had_been_read_before_is_counted() -> None:
    class Reader(SmallEngine):
        def generate(self, jobs: Sequence[Job]) -> list[Output]:
            return [replace(output, cached=3) for output in super().generate(jobs)]

    answers = iter(["Hm.", "No idea.", '{"mood": "low"}'])
    engine = Reader(lambda _: next(answers))
    engine.context = 1000
    assert asyncio.run(say(make_model(engine), "a b c d")).cached_tokens == 3
    reply = asyncio.run(make_model(engine).call(TALK, role="appraisal", schema=Mood))
    assert (reply.attempts, reply.cached_tokens) == (2, 6)


def test_requests_shortly_after_one_another_share_a_batch() -> None:
    engine = SmallEngine()
    model = make_model(engine)

    async def later(n: int) -> None:
        await asyncio.sleep(n * 0.001)
        await say(model, f"n{n}")

    async def play() -> None:
        await asyncio.gather(*(later(n) for n in range(4)))

    asyncio.run(play())
    assert [len(batch) for batch in engine.batches] == [4]


def test_what_never_fits_is_missing() -> None:
    engine = SmallEngine(lambda _: "No idea.")
    engine.context = 1000
    reply = asyncio.run(make_model(engine).call(TALK, role="ctrs", schema=Mood))
    assert reply.parsed is None
    assert (reply.attempts, len(engine.batches)) == (3, 3)


@pytest.mark.parametrize(
    ("words", "kind", "detail"),
    [
        ("word " * 40, Kind.REJECTED, "the prompt has 40 tokens; the context holds 40"),
        ("silence", Kind.GARBAGE, "the reply is empty"),
        ("too much", Kind.REJECTED, "no memory"),
    ],
)
def test_faults_name_model_and_role(words: str, kind: Kind, detail: str) -> None:
    def answer(job: Job) -> str:
        if job.prompt == "too much":
            raise MemoryError("no memory for 1 prompts at once")
        return ""

    with pytest.raises(CallFault, match=r"local:out/tiny \(client\)") as caught:
        asyncio.run(say(make_model(SmallEngine(answer)), words))
    assert caught.value.kind is kind
    assert detail in str(caught.value)


def test_messages_that_the_template_refuses() -> None:
    with pytest.raises(CallFault, match="not the user's"):
        asyncio.run(make_model(SmallEngine()).call([SystemMessage("a")], role="client"))


def test_what_is_no_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        load_checkpoint(tmp_path / "absent")
    with pytest.raises(InputError, match=r"no config\.json"):
        load_checkpoint(tmp_path)


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    (tmp_path / "config.json").write_text("{}")
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(InputError) as caught:
        LocalModel(tmp_path)
    assert 'pip install "counselgym[train]"' in str(caught.value)
