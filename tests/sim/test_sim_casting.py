"""Who plays, from the configuration alone: no call is made here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from agents.counselors import PROTOCOLS
from personas.errors import InputError
from sim.config import RunConfig, load_config
from sim.playing.casting import fingerprint
from sim.playing.plan import Plan, build_plan

URL = "http://127.0.0.1:9/v1"
ONE = {"model": "one-8b", "base_url": URL}
TWO = {"model": "two-70b", "base_url": URL}
BOTH = {"one": ONE, "two": TWO}
AROUND = ("client", "appraisal", "supervisor", "panas", "safety")
CONFIG = """
[models.one]
model = "one-8b"
base_url = "http://127.0.0.1:9/v1"
"""


def plan_of(*counselors: str, **fields: Any) -> Plan:
    return build_plan(RunConfig(counselors=counselors, **{"models": BOTH, **fields}))


def voices_of(plan: Plan) -> dict[str, str]:
    return {name: counselor.voice for name, counselor in plan.counselors.items()}


def keys_of(plan: Plan) -> dict[str, list[str]]:
    """The keys of a plan's episodes by counselor."""
    keys: dict[str, list[str]] = {}
    for ticket in plan:
        keys.setdefault(ticket.spec, []).append(ticket.key)
    return keys


def write_prompt(path: Path, text: str = "You are warm.") -> str:
    path.write_text(text)
    return str(path)


def test_a_spec_is_protocol_prompt_and_model(tmp_path: Path) -> None:
    prompts = {"warm": write_prompt(tmp_path / "warm.txt")}
    specs = ("crdial", "crdial@one", "cactus@two", "plain", "plain@one", "plain:warm@one")
    found = voices_of(plan_of(*specs, prompts=prompts))
    assert found == {
        "crdial": "scripted",
        "crdial@one": "one-8b",
        "cactus@two": "two-70b",
        "plain": "scripted",
        "plain@one": "one-8b",
        "plain:warm@one": "one-8b",
    }


def test_the_runs_model_speaks_for_who_names_none_and_baselines_stay_scripted() -> None:
    found = voices_of(
        plan_of("crdial", "cbt_qa", "cactus@two", "plain@scripted", "eliza", model="one")
    )
    assert found == {
        "crdial@one": "one-8b",
        "cbt_qa@one": "one-8b",
        "cactus@two": "two-70b",
        "plain": "scripted",
        "eliza": "scripted",
    }


def test_roles_go_before_the_runs_model() -> None:
    roles = {"counselor": "two", "client": "two", "safety": "scripted", "judges": ["one", "two"]}
    plan = plan_of("crdial", "eliza", model="one", roles=roles)
    assert voices_of(plan) == {"crdial@two": "two-70b", "eliza": "scripted"}
    cast = plan.casts["crdial@two"]
    assert cast.voices.client == "two-70b"
    assert cast.voices.appraisal == cast.voices.supervisor == "one-8b"
    assert cast.voices.observer == cast.voices.self_report == "one-8b"
    assert cast.voices.judges == ("one-8b", "two-70b")
    assert cast.voices.safety == "scripted"
    assert plan.casts["eliza"].voices.client == "two-70b"


def test_a_scripted_run_has_no_models() -> None:
    assert not plan_of(*PROTOCOLS).with_models
    assert plan_of("eliza", roles={"safety": "one"}).with_models
    assert plan_of("eliza", "plain@one").with_models


def test_a_provider_and_its_model_need_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", URL)
    assert voices_of(plan_of("crdial@openai:gpt-x")) == {"crdial@openai:gpt-x": "gpt-x"}


def test_the_same_counselor_twice_is_refused() -> None:
    with pytest.raises(InputError, match="named twice: crdial@one"):
        plan_of("crdial", "crdial@one", model="one")


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["cbt_qa"], ["--counselors: cbt_qa has no scripted voice", "name a model: cbt_qa@MODEL"]),
        (["crdail@one"], ["--counselors: there is no counselor named 'crdail'", "crdial"]),
        (["plain@onne"], ["--counselors: unknown model 'onne'", "did you mean one?"]),
        (["plain@opnai:gpt"], ["--counselors: unknown provider 'opnai'", "did you mean openai?"]),
        (["plain@openai:"], ["--counselors: no model in 'openai:'"]),
        (["plain:wram@one"], ["--counselors: there is no prompt named 'wram'", "warm?"]),
        (["plain:warm"], ["--counselors: plain:warm has no scripted voice"]),
        (["crdial:warm@one"], ["'crdial' brings its own system prompt", "use plain with it"]),
        (["eliza@one"], ["'eliza' has no LLM voice", "crdial, cactus, cbt_qa, plain"]),
        (["plain", "--model", "onne"], ["--model: unknown model 'onne'", "did you mean one?"]),
        (["plain@one", "--max-cost", "1"], ["--max-cost: a bound on cost", "no price for one"]),
    ],
)
def test_what_a_flag_names_wrongly_is_told_with_the_flag(
    call: Any, words: list[str], parts: list[str]
) -> None:
    write_prompt(Path("warm.txt"))
    Path("study.toml").write_text(f'{CONFIG}[prompts]\nwarm = "warm.txt"\n')
    expect_error(call("run", "study.toml", "--counselors", *words), "error: ", *parts)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('counselors = ["plain@onne"]', ["field counselors: unknown model 'onne'", "mean one?"]),
        ('counselors = ["cbt_qa"]', ["field counselors: cbt_qa has no scripted voice"]),
        ('counselors = ["crdail"]', ["field counselors: there is no counselor named 'crdail'"]),
        ('counselors = ["plain:x@one"]', ["field counselors: there is no prompt", "[prompts]"]),
        ('model = "onne"', ["field model: unknown model 'onne'", "did you mean one?"]),
        ('roles.client = "onne"', ["field roles.client: unknown model 'onne'"]),
        ('roles.counselor = "onne"', ["field roles.counselor: unknown model 'onne'"]),
        ('roles.judges = ["one", "tow"]', ["field roles.judges.1: unknown model 'tow'"]),
        ('roles.judge = ["one"]', ["field roles.judge: unknown key", "did you mean judges"]),
        (
            'max_cost = 2.5\nmodel = "one"',
            ["field max_cost: a bound on cost, but no price for one"],
        ),
        ('model = "one"\nmax_cost = 0', ["field max_cost", "greater than 0"]),
        ('model = "one"\nmax_tokens = 0.5', ["field max_tokens", "got 0.5"]),
    ],
)
def test_what_a_file_names_wrongly_is_told_with_file_and_field(
    call: Any, text: str, parts: list[str]
) -> None:
    Path("study.toml").write_text(f"{text}\n{CONFIG}")
    expect_error(call("run", "study.toml"), "error: study.toml, ", *parts)


@pytest.mark.parametrize(("text", "part"), [(" \n", "is empty"), (None, "no such file")])
def test_a_prompt_that_says_nothing_is_named(call: Any, text: str | None, part: str) -> None:
    if text is not None:
        write_prompt(Path("warm.txt"), text)
    Path("study.toml").write_text(f'{CONFIG}[prompts]\nwarm = "warm.txt"\n')
    ended = call("run", "study.toml", "--counselors", "plain:warm@one")
    expect_error(ended, "error: warm.txt: ", part)


def test_a_missing_key_is_told_with_variable_and_field(
    call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    ended = call("run", "--counselors", "plain@openai:gpt-x")
    expect_error(ended, "error: --counselors: no key for gpt-x", "OPENAI_API_KEY")


def expect_error(ended: Any, *parts: str) -> None:
    assert ended.code == 2
    assert ended.out == ""
    assert "Traceback" not in ended.err
    for part in parts:
        assert part in ended.err
    assert not Path("out").exists()


def test_another_counselor_changes_no_key_of_the_others(tmp_path: Path) -> None:
    prompts = {"warm": write_prompt(tmp_path / "warm.txt")}
    roles = dict.fromkeys(AROUND, "two") | {"judges": ["two"]}
    for fields in ({"model": "scripted"}, {"model": "one"}, {"model": "one", "roles": roles}):
        fields = {**fields, "prompts": prompts, "limit": 2}
        few = keys_of(plan_of("crdial@two", "eliza", **fields))
        more = ("plain@one", "plain:warm@one", "cactus@two", "crdial@one")
        assert keys_of(plan_of("crdial@two", "eliza", *more, **fields)).items() >= few.items()


@pytest.mark.parametrize(
    "change",
    [
        {"temperature": 0.7},
        {"max_tokens": 200},
        {"seed": 4},
        {"model": "one-9b"},
        {"extra_body": {"top_k": 5}},
    ],
)
def test_what_shapes_a_models_words_changes_the_keys_of_its_counselors(
    change: dict[str, Any],
) -> None:
    specs = ("crdial@one", "crdial@two", "eliza")
    before = keys_of(plan_of(*specs, limit=2))
    after = keys_of(plan_of(*specs, limit=2, models={"one": ONE | change, "two": TWO}))
    assert not {*before["crdial@one"]} & {*after["crdial@one"]}
    assert after["crdial@two"] == before["crdial@two"]
    assert after["eliza"] == before["eliza"]


@pytest.mark.parametrize("role", [*AROUND, "judges"])
def test_what_shapes_a_role_changes_all_keys(role: str) -> None:
    roles = {role: ["one"] if role == "judges" else "one"}
    before = plan_of("eliza", limit=1, roles=roles)
    after = plan_of("eliza", limit=1, roles=roles, models={"one": ONE | {"temperature": 0.7}})
    assert keys_of(before) != keys_of(after)


def test_a_role_that_changes_hands_changes_the_keys() -> None:
    models = {"cold": ONE | {"temperature": 0.0}, "hot": ONE | {"temperature": 1.0}}
    one, other = (
        plan_of("eliza", limit=1, models=models, roles={"client": client, "judges": [judge]})
        for client, judge in (("cold", "hot"), ("hot", "cold"))
    )
    assert one.casts["eliza"].voices == other.casts["eliza"].voices
    assert keys_of(one) != keys_of(other)


@pytest.mark.parametrize(
    "change",
    [
        {"base_url": "http://localhost:8000/v1"},
        {"concurrency": 3},
        {"timeout_s": 5.0},
        {"stock": True},
        {"price_prompt": 1.0, "price_completion": 2.0},
    ],
)
def test_where_and_how_a_model_is_called_changes_no_key(change: dict[str, Any]) -> None:
    fields: dict[str, Any] = {"limit": 2, "model": "one"}
    before = keys_of(plan_of("crdial", "eliza", **fields))
    assert before == keys_of(plan_of("crdial", "eliza", **fields, models={"one": ONE | change}))


def test_a_prompts_text_changes_the_keys_of_who_speaks_with_it(tmp_path: Path) -> None:
    path = tmp_path / "warm.txt"
    prompts = {"warm": write_prompt(path), "cool": write_prompt(tmp_path / "cool.txt", "Be cool.")}
    specs = ("plain:warm@one", "plain:cool@one", "plain@one")
    before = keys_of(plan_of(*specs, prompts=prompts, limit=1))
    assert keys_of(plan_of(*specs, prompts={**prompts, "idle": "nowhere"}, limit=1)) == before
    write_prompt(path, "You are warm!")
    after = keys_of(plan_of(*specs, prompts=prompts, limit=1))
    assert [name for name in before if after[name] != before[name]] == ["plain:warm@one"]


def test_a_mind_set_anew_changes_the_sessions_and_their_keys(tmp_path: Path) -> None:
    config = tmp_path / "run.toml"
    config.write_text("[mind]\nshift.trust = 60\n'drop_out.base' = 0.01\n")
    changed = load_config(config, {"counselors": ("crdial",)})
    assert changed.mind == {"shift.trust": 60.0, "drop_out.base": 0.01}
    assert RunConfig.model_validate(changed.to_toml()) == changed
    assert not build_plan(changed).with_models
    plan, plain = build_plan(changed), build_plan(RunConfig(counselors=("crdial",)))
    assert not set(keys_of(plan)["crdial"]) & set(keys_of(plain)["crdial"])
    ticket = next(iter(plan))
    assert plan.company.client.begin(ticket.persona, 0).mind.parameters["shift.trust"] == 60


@pytest.mark.parametrize(
    ("mind", "what"),
    [
        ({"shift.trust": 99}, r"mind.shift.trust.*99 is not within"),
        ({"shift.trst": 50}, "shift.trust"),
    ],
)
def test_a_mind_that_cannot_be_is_refused(mind: dict[str, float], what: str) -> None:
    with pytest.raises(InputError) as error:
        plan_of("crdial", mind=mind)
    assert re.search(what, str(error.value))


def test_a_checkpoint_trained_anew_is_another_one(tmp_path: Path) -> None:
    for name in ("one", "copy", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text("{}")
        weights = bytes(3_000_000) if name != "other" else bytes(2_999_999) + b"1"
        (tmp_path / name / "model.safetensors").write_bytes(weights)
    one, copy, other = (fingerprint(tmp_path / name) for name in ("one", "copy", "other"))
    assert one == copy
    assert one != other
