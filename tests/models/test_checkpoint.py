"""A checkpoint in this process: a tiny random one, made here; needs the extra `train`."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from agents.models.checkpoint import Checkpoint, Job, Output, load_checkpoint
from agents.models.local import LocalModel
from personas.errors import InputError

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
sys.path.insert(0, str(Path(__file__).parents[1] / "vllm"))
from tiny_model import make_tiny_model

pytestmark = pytest.mark.train
TALKS = [
    [SystemMessage("You listen."), HumanMessage("I feel low.")],
    [HumanMessage("Hello.")],
    [
        SystemMessage("You are a client in a counseling session, and you speak plainly."),
        HumanMessage("What brings you here today?"),
        AIMessage("I can not sleep since the spring."),
        HumanMessage("What goes through your mind when you lie awake?"),
    ],
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "tiny"
    make_tiny_model(path)
    return path


@pytest.fixture(scope="module")
def checkpoint(folder: Path) -> Checkpoint:
    return load_checkpoint(folder)


def make_jobs(checkpoint: Checkpoint, talks: Any = TALKS, **options: Any) -> list[Job]:
    prompts = [checkpoint.render(talk) for talk in talks]
    return [Job(prompt, checkpoint.count(prompt), 24, **options) for prompt in prompts]


def words_of(outputs: list[Output]) -> list[Output]:
    """The outputs without how much of the prompt had been read before."""
    return [replace(output, cached=0) for output in outputs]


def talk_on(checkpoint: Checkpoint, **options: Any) -> list[list[Output]]:
    """Four rounds of three conversations, the second of which sits out the second round."""
    talks = [list(talk) for talk in TALKS]
    rounds = []
    for number in range(4):
        here = [talk for n, talk in enumerate(talks) if number != 1 or n != 1]
        rounds.append(checkpoint.generate(make_jobs(checkpoint, here, **options)))
        for talk, output in zip(here, rounds[-1], strict=True):
            talk += [AIMessage(output.text), HumanMessage(f"Well. {'Yes, so it is. ' * len(talk)}")]
    return rounds


def test_prompts_are_in_the_template_s_form(checkpoint: Checkpoint) -> None:
    assert checkpoint.render(TALKS[0]) == (
        "<|im_start|>system\nYou listen.<|im_end|>\n<|im_start|>user\nI feel low.<|im_end|>\n"
        "<|im_start|>assistant\n"
    )
    assert checkpoint.context == 8192


def test_a_batch_gives_each_what_it_gets_alone(checkpoint: Checkpoint) -> None:
    jobs = make_jobs(checkpoint)
    together = checkpoint.generate(jobs)
    alone = [checkpoint.generate([job])[0] for job in jobs]
    assert words_of(together) == words_of(alone)
    assert len({output.text for output in together}) > 1


def test_the_seed_alone_decides_what_is_sampled(checkpoint: Checkpoint) -> None:
    jobs = make_jobs(checkpoint, temperature=1.0, seed=4)
    before = torch.random.get_rng_state()
    together = checkpoint.generate(jobs)
    assert torch.equal(before, torch.random.get_rng_state())
    alone = [checkpoint.generate([job])[0] for job in jobs]
    assert words_of(together) == words_of(alone)
    others = checkpoint.generate(make_jobs(checkpoint, temperature=1.0, seed=5))
    assert words_of(together) != words_of(others)


def test_without_a_seed_the_dice_are_thrown(checkpoint: Checkpoint) -> None:
    jobs = make_jobs(checkpoint, temperature=1.0)
    assert words_of(checkpoint.generate(jobs)) != words_of(checkpoint.generate(jobs))


@pytest.mark.parametrize("options", [{}, {"temperature": 1.0, "seed": 7}])
def test_what_was_read_before_changes_no_word(folder: Path, options: dict[str, Any]) -> None:
    keeping, forgetting = load_checkpoint(folder), load_checkpoint(folder, room=0)
    kept, anew = talk_on(keeping, **options), talk_on(forgetting, **options)
    assert [words_of(some) for some in kept] == [words_of(some) for some in anew]
    assert len({output.text for some in kept for output in some}) > 8
    assert all(output.cached == 0 for some in anew for output in some)
    assert kept[0][0].cached == 0
    assert all(output.cached > 5 for some in kept[1:] for output in some)


def test_all_but_what_is_new_has_been_read_before(folder: Path) -> None:
    checkpoint = load_checkpoint(folder)
    talk = list(TALKS[2])
    first = checkpoint.generate(make_jobs(checkpoint, [talk]))[0]
    shown = checkpoint.count(checkpoint.render([*talk, AIMessage(first.text)]))
    longer = [*talk, AIMessage(first.text), HumanMessage("It began in spring.")]
    (job,) = make_jobs(checkpoint, [longer])
    second = checkpoint.generate([job])[0]
    assert shown - 30 < second.cached < job.prompt_tokens
    again = checkpoint.generate([job])[0]
    assert again.cached == job.prompt_tokens - 1
    assert again.text == second.text


def test_short_replies_do_not_wait_for_the_longest(checkpoint: Checkpoint) -> None:
    """Those that are cut early and those that go on say what they say alone."""
    prompts = [checkpoint.render(talk) for talk in TALKS * 2]
    jobs = [
        Job(prompt, 50, limit) for prompt, limit in zip(prompts, (1, 2, 3, 5, 40, 80), strict=True)
    ]
    together = checkpoint.generate(jobs)
    assert words_of(together) == words_of([checkpoint.generate([job])[0] for job in jobs])
    assert [output.tokens for output in together[:3]] == [1, 2, 3]


def test_a_model_with_a_sliding_window_reads_anew(folder: Path, tmp_path: Path) -> None:
    path = Path(shutil.copytree(folder, tmp_path / "sliding"))
    config = json.loads((path / "config.json").read_text())
    config |= {"model_type": "mistral", "architectures": ["MistralForCausalLM"]}
    (path / "config.json").write_text(json.dumps({**config, "sliding_window": 16}))
    checkpoint = load_checkpoint(path)
    rounds = talk_on(checkpoint)
    assert all(output.cached == 0 for some in rounds for output in some)
    jobs = make_jobs(checkpoint)
    assert checkpoint.generate(jobs) == [checkpoint.generate([job])[0] for job in jobs]


def test_when_memory_runs_out_what_was_read_before_is_given_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = load_checkpoint(folder)
    jobs = make_jobs(checkpoint)
    expected = words_of(checkpoint.generate(jobs))
    run, full = checkpoint._run, [True]

    def run_full(*given: Any) -> list[Output]:
        if full.pop() if full else False:
            raise torch.OutOfMemoryError
        return run(*given)

    monkeypatch.setattr(checkpoint, "_run", run_full)
    outputs = checkpoint.generate(jobs)
    assert words_of(outputs) == expected
    assert outputs[0].cached == 0
    full += [True, True]
    with pytest.raises(MemoryError, match="no memory for 3 prompts"):
        checkpoint.generate(jobs)


def test_replies_end_at_the_end_of_a_turn_or_at_the_limit(checkpoint: Checkpoint) -> None:
    prompt = checkpoint.render(TALKS[0])
    jobs = [Job(prompt, 20, 20, temperature=1.0, seed=seed) for seed in range(20)]
    outputs = checkpoint.generate(jobs)
    assert {output.stopped for output in outputs} == {True, False}
    assert all("<|im_end|>" not in output.text for output in outputs)
    assert all(output.tokens == 20 for output in outputs if not output.stopped)
    assert all(output.tokens <= 20 for output in outputs)


def test_a_batch_keeps_each_limit(checkpoint: Checkpoint) -> None:
    prompt = checkpoint.render(TALKS[0])
    short, long = checkpoint.generate([Job(prompt, 20, 3), Job(prompt, 20, 9)])
    assert long.tokens <= 9
    assert short.tokens == min(3, long.tokens)
    assert long.text.startswith(short.text)


def test_calls_in_flight_together(folder: Path) -> None:
    model = LocalModel(folder)

    async def play() -> list[Any]:
        calls = [model.call(talk, role="counselor", max_tokens=12) for talk in TALKS * 2]
        return await asyncio.gather(*calls)

    replies = asyncio.run(play())
    assert [reply.text for reply in replies[:3]] == [reply.text for reply in replies[3:]]
    assert all(0 < reply.completion_tokens <= 12 for reply in replies)
    assert replies[0].prompt_tokens < replies[2].prompt_tokens
    assert replies[0].model == f"local:{folder}"


def test_a_template_s_refusal_is_a_value_error(folder: Path, tmp_path: Path) -> None:
    strict = Path(shutil.copytree(folder, tmp_path / "strict"))
    (strict / "chat_template.jinja").write_text("{{ raise_exception('no system message') }}")
    with pytest.raises(ValueError, match="no system message"):
        load_checkpoint(strict).render(TALKS[0])


def test_folders_that_are_no_chat_model(folder: Path, tmp_path: Path) -> None:
    mute = Path(shutil.copytree(folder, tmp_path / "mute"))
    (mute / "chat_template.jinja").unlink()
    with pytest.raises(InputError, match="no chat template"):
        load_checkpoint(mute)
    empty = Path(shutil.copytree(folder, tmp_path / "empty"))
    (empty / "model.safetensors").unlink()
    with pytest.raises(InputError, match="does not load"):
        load_checkpoint(empty)
    odd = Path(shutil.copytree(folder, tmp_path / "odd"))
    (odd / "config.json").write_text(json.dumps({"model_type": "nothing-known"}))
    with pytest.raises(InputError, match="does not load"):
        load_checkpoint(odd)


def test_an_adapter_on_its_base_model(folder: Path, tmp_path: Path) -> None:
    peft = pytest.importorskip("peft")
    base = load_checkpoint(folder)
    torch.manual_seed(3)
    config = peft.LoraConfig(
        r=4, target_modules=["q_proj", "v_proj"], init_lora_weights=False, task_type="CAUSAL_LM"
    )
    from transformers import AutoModelForCausalLM, AutoTokenizer

    adapted = peft.get_peft_model(AutoModelForCausalLM.from_pretrained(folder), config)
    adapted.save_pretrained(tmp_path / "adapter")
    AutoTokenizer.from_pretrained(folder).save_pretrained(tmp_path / "adapter")
    adapter = load_checkpoint(tmp_path / "adapter")
    assert adapter.generate(make_jobs(adapter)) != base.generate(make_jobs(base))


@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_dice_are_fair_at_their_temperature(temperature: float) -> None:
    from agents.models.rows import Dice

    logits = torch.tensor([0.0, 1.0, 2.0])
    dice = Dice(temperature, seed=1)
    drawn = torch.stack([dice.throw(logits).argmax() for _ in range(6000)])
    shares = torch.bincount(drawn, minlength=3) / 6000
    assert torch.allclose(shares, torch.softmax(logits / temperature, 0), atol=0.025)
