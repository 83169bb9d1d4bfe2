"""The loop without a training: settings, what it remembers, who may judge, and the Goodhart table."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from playing import refuse as refuse_call
from playing import serve

from evaluators.statistics import Estimate
from personas.builtin import load_builtin
from personas.errors import InputError
from runs.export.make import export
from runs.export.sieve import Filters
from runs.export.wanted import Wanted
from runs.reader import iter_episodes
from sim.console import open_stderr
from sim.loop.clients import check_inputs
from sim.loop.config import LoopConfig, load_loop_config
from sim.loop.goodhart import MEASURES, Sheet, compare_rounds, find_warnings, read_sheets
from sim.loop.stages import Round
from sim.loop.state import LoopState
from sim.loop.tables import draw_tables
from sim.training.config import load_presets

HELD_OUT = {"scale": "ctrs11", "items": ["agenda", "feedback"], "same_voice": "a test"}
SCRATCH = {"vocab": 600, "hidden": 32, "inner": 64, "layers": 2, "heads": 2, "context": 512}


def write_people(path: Path, first: int, last: int) -> str:
    people = load_builtin("en")[first:last]
    path.write_text("".join(f"{person.model_dump_json()}\n" for person in people))
    return str(path)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(tmp_path)
    return {
        "out": "out",
        "clients": write_people(tmp_path / "learn.jsonl", 0, 4),
        "held_out": write_people(tmp_path / "test.jsonl", 4, 7),
        "teacher": "crdial",
        "judges": {"held_out": HELD_OUT},
        "training": {"scratch": SCRATCH},
    }


def write(settings: dict[str, Any]) -> Path:
    path = Path("loop.toml")
    path.write_text(tomli_w.dumps(settings))
    return path


def load(settings: dict[str, Any]) -> LoopConfig:
    return load_loop_config(write(settings))


def refuse(settings: dict[str, Any], *said: str) -> None:
    with pytest.raises(InputError) as caught:
        load(settings)
    for words in said:
        assert words in str(caught.value)


def open_state(settings: dict[str, Any]) -> LoopState:
    path = write(settings)
    config = load_loop_config(path)
    return LoopState(config, check_inputs(config, path), path)


def test_a_wrong_key_names_itself_in_every_table(settings: dict[str, Any]) -> None:
    refuse({**settings, "round": 3}, "loop.toml, field round: unknown key", "did you mean rounds")
    refuse({**settings, "keep": {"min_ctr": 3}}, "field keep.min_ctr", "did you mean min_ctrs")
    refuse({**settings, "play": {"roles": {"clent": "x"}}}, "play.roles.clent", "client")
    refuse({**settings, "later": {"epoch": 1}}, "[later], field epoch", "did you mean epochs")
    refuse({**settings, "training": {"preset": "tinny"}}, "[training]", "did you mean tiny")


def test_what_the_loop_sets_itself_is_refused(settings: dict[str, Any]) -> None:
    refuse({**settings, "training": {"data": "x"}}, "field training", "sets data itself")
    refuse({**settings, "later": {"model": "x"}}, "field later", "sets model itself")
    refuse({**settings, "play": {"roles": {"judges": ["x"]}}}, "play.roles", "[judges]")
    refuse({**settings, "start": "x"}, "either a teacher or a start")
    refuse({**settings, "served": {"model": "mine"}}, "field served", "{round}")


def test_a_judge_that_is_the_training_judge_is_refused(settings: dict[str, Any]) -> None:
    def judged(**held_out: object) -> dict[str, Any]:
        return {**settings, "judges": {"held_out": held_out}}

    refuse(judged(scale="ctrs11", items=["agenda"]), "is the training judge", "same_voice")
    refuse(judged(scale="ctrs11", same_voice="why"), "the training judge rates", "understanding")
    refuse(judged(scale="ctrs6", items=["focus"], same_voice="why"), "rates focus, too")
    refuse(judged(scale="ctrs11", items=["agend"], same_voice="why"), "no item agend")
    refuse(judged(scale="safety", voice="openai:x"), "has no ratings")
    assert load(judged(scale="ctrs6", voice="openai:x")).judges.counted()[0] == "understanding"
    assert load(judged(**HELD_OUT)).judges.counted() == ("agenda", "feedback")


def test_a_client_on_both_sides_is_refused(settings: dict[str, Any], tmp_path: Path) -> None:
    path = write({**settings, "held_out": write_people(tmp_path / "test.jsonl", 3, 6)})
    with pytest.raises(InputError) as caught:
        check_inputs(load_loop_config(path), path)
    assert load_builtin("en")[3].form in str(caught.value)
    assert load_builtin("en")[4].form not in str(caught.value)
    assert "field held_out" in str(caught.value)


def test_later_rounds_train_from_the_checkpoint_before(settings: dict[str, Any]) -> None:
    training = {"preset": "tiny", "batch": 2}
    config = load({**settings, "training": training, "later": {"learning_rate": 1e-4}})
    first, second = (config.train_config(number, Path("loop.toml")) for number in (0, 2))
    assert first.scratch is not None
    assert (second.scratch, second.model) == (None, "out/round-1/model")
    assert first.learning_rate == load_presets()["tiny"]["learning_rate"]
    assert second.learning_rate == 1e-4
    assert first.weight_decay == second.weight_decay > 0
    assert (first.batch, second.batch) == (2, 2)
    assert (str(second.data), str(second.out)) == ("out/round-2/data", "out/round-2/model")


def test_a_served_counselor_is_another_model_every_round(settings: dict[str, Any]) -> None:
    served = {"model": "mine-{round}", "base_url": "http://localhost:8000/v1"}
    answers = load({**settings, "served": served}).counselor(3, 0.8, draw=2)
    assert (answers.model, answers.temperature, answers.draw) == ("mine-3", 0.8, 2)
    local = load(settings).counselor(3, 0.8, draw=2)
    assert (local.provider, local.model) == ("local", "out/round-3/model")


def test_a_loop_goes_on_with_its_own_settings_only(settings: dict[str, Any]) -> None:
    state = open_state(settings)
    state.finish("round-0/sessions")
    assert open_state(settings).is_finished("round-0/sessions")
    assert not open_state(settings).is_finished("round-0/data")
    assert open_state({**settings, "rounds": 5}).is_finished("round-0/sessions")
    assert open_state({**settings, "rounds": 5, "play": {"concurrency": 3}})
    for changed, name in (
        ({"rounds": 1}, "field rounds: this loop began with 5, not 1"),
        ({"rounds": 5, "sessions": 8}, "field sessions: this loop began with 4, not 8"),
        ({"rounds": 5, "keep": {"min_ctrs": 2.5}}, "field keep.min_ctrs"),
        (
            {"rounds": 5, "later": {"epochs": 2.0}},
            "field later.epochs: this loop began with nothing",
        ),
    ):
        with pytest.raises(InputError, match="another out") as caught:
            open_state({**settings, **changed})
        assert name in str(caught.value)


def test_other_clients_in_the_same_file_are_found_out(
    settings: dict[str, Any], tmp_path: Path
) -> None:
    open_state(settings)
    write_people(tmp_path / "learn.jsonl", 0, 3)
    with pytest.raises(InputError, match="has changed since this loop began"):
        open_state(settings)


def test_a_folder_that_is_no_loop_is_left_alone(settings: dict[str, Any]) -> None:
    Path("out").mkdir()
    Path("out/mine.txt").write_text("mine")
    with pytest.raises(InputError, match="is no loop"):
        open_state(settings)
    assert [path.name for path in Path("out").iterdir()] == ["mine.txt"]


def make_sheet(name: str, **values: list[float]) -> Sheet:
    """Sessions with clients of a form each, in the order of the values."""
    count = max(map(len, values.values()))
    keys = [(f"client-{n}", 0) for n in range(count)]
    filled = {measure.id: values.get(measure.id, []) for measure in MEASURES}
    return Sheet(
        name,
        {key: f"form-{key[0]}" for key in keys},
        {name: dict(zip(keys, given, strict=False)) for name, given in filled.items()},
    )


def test_a_change_is_paired_by_client() -> None:
    before = make_sheet("round-0", training=[1.0, 2.0, 5.0, 4.0])
    after = make_sheet("round-1", training=[1.5, 2.5, 5.5])
    change = after.change(before, "training")
    assert change is not None
    assert (change.mean, change.low, change.high, change.n) == (0.5, 0.5, 0.5, 3)
    assert after.change(before, "held_out") is None


def test_the_sessions_of_one_form_are_one_cluster() -> None:
    sheet = make_sheet("round-0", training=[1.0, 2.0, 3.0])
    same = Sheet("round-0", dict.fromkeys(sheet.forms, "one"), sheet.values)
    estimate = same.estimate("training")
    assert estimate is not None
    assert (estimate.mean, estimate.low, estimate.clusters) == (2.0, None, 1)


@pytest.mark.parametrize(
    ("held_out", "na_change", "expected"),
    [
        ([2.0, 2.1, 1.9, 2.0], [-4.0, -3.9, -4.1, -4.0], {"held_out": True, "na_change": False}),
        ([3.2, 3.1, 3.3, 3.2], [-5.0, -5.0, -5.1, -5.0], {}),
        ([2.9, 3.2, 2.8, 3.0], [-1.0, -0.9, -1.1, -1.0], {"held_out": False, "na_change": True}),
    ],
)
def test_a_warning_where_only_the_training_judge_is_pleased(
    held_out: list[float], na_change: list[float], expected: dict[str, bool]
) -> None:
    """Clear where both intervals exclude 0; none where nothing got worse."""
    still = [-4.1, -4.0, -4.0, -4.1]
    before = make_sheet("0", training=[2.0] * 4, held_out=[3.0] * 4, na_change=still)
    after = make_sheet("1", training=[3.0, 3.1, 2.9, 3.0], held_out=held_out, na_change=na_change)
    (_, line) = compare_rounds([(before, 20), (after, 10)])
    assert {warned.measure: warned.clear for warned in line.warnings} == expected


def test_no_warning_where_the_training_judge_is_not_pleased() -> None:
    fell = Estimate(-0.5, -0.6, -0.4, 9, 9)
    assert find_warnings({measure.id: fell for measure in MEASURES}) == ()


def draw(lines: Any, config: LoopConfig) -> str:
    from rich.console import Console

    console = Console(width=200, file=StringIO(), record=True)
    for table in draw_tables(lines, [], config):
        console.print(table)
    return console.export_text()


def test_the_table_tells_rows_shares_and_warnings(settings: dict[str, Any]) -> None:
    before = make_sheet("plain@round-0", training=[2.0] * 4, vetoed=[0, 0, 0, 0], dropout=[0] * 4)
    after = make_sheet("plain@round-1", training=[3.0] * 4, vetoed=[1, 1, 0, 0], dropout=[0] * 4)
    said = draw(compare_rounds([(before, None), (after, 12)]), load(settings))
    shown = [line for line in said.splitlines() if "plain@round-" in line]
    first, second = shown[:2]
    assert "2.00 (2.00 to 2.00)" in first
    assert "12" in second
    assert "50%" in second
    assert "+50% (+0% to +100%) ?" in said
    assert "agenda, feedback" in said
    assert "a test" in said


def test_both_judges_and_the_client_are_read_from_the_records(
    call: Callable[..., Any], settings: dict[str, Any]
) -> None:
    assert call("run", "--limit", "4", "--counselors", "crdial,parrot", "--out", "e").code == 0
    assert call("judge", "e", "--scales", "ctrs11").code == 0
    sheets = read_sheets(Path("e"), load(settings).judges)
    assert set(sheets) == {"crdial", "parrot"}
    rows = [json.loads(line) for line in Path("e/verdicts.jsonl").read_text().splitlines()]
    for episode in iter_episodes(Path("e")):
        key = episode.persona.id, episode.seed
        mine = next(verdict for verdict in episode.verdicts if verdict.scale == "ctrs6")
        (theirs,) = (row["verdict"] for row in rows if row["episode"] == episode.key)
        scores = [r["score"] for r in theirs["ratings"] if r["item"] in ("agenda", "feedback")]
        values = sheets[episode.counselor].values
        assert values["training"].get(key) == mine.mean
        known = [score for score in scores if score is not None]
        assert values["held_out"].get(key) == (sum(known) / len(known) if known else None)
        assert values["dropout"][key] == float(episode.finish == "dropped_out")


def test_the_best_session_of_each_client_is_kept(call: Callable[..., Any], tmp_path: Path) -> None:
    people = write_people(tmp_path / "people.jsonl", 0, 3)
    words = ("--clients", people, "--counselors", "crdial,plain,parrot", "--seeds", "2")
    assert call("run", *words, "--out", "r").code == 0
    wanted = Wanted("messages", Filters(best=True), "plain", split=1.0)
    account = export([Path("r")], wanted, Path("set"))
    best: dict[str, float] = {}
    for episode in iter_episodes(Path("r")):
        mean = next(v.mean for v in episode.verdicts if v.scale == "ctrs6")
        best[episode.persona.id] = max(best.get(episode.persona.id, 0.0), mean or 0.0)
    rows = [
        json.loads(line)["lineage"] for line in Path("set/train.jsonl").read_text().splitlines()
    ]
    assert {row["persona"]: row["ctrs"] for row in rows} == {
        name: round(value, 3) for name, value in best.items()
    }
    assert (account.read, account.kept) == (18, 3)
    assert account.dropped["not the best of its client"] == 15


SERVED = """
[served]
base_url = "{url}"
model = "tiny-{{round}}"
"""


def make_round(settings: dict[str, Any], url: str) -> Round:
    path = write({**settings, "sessions": 2, "play": {"max_exchanges": 3}})
    path.write_text(path.read_text() + SERVED.format(url=url))
    return Round(1, load_loop_config(path), path, open_stderr())


def test_the_samples_of_a_served_counselor_share_client_and_dice(settings: dict[str, Any]) -> None:
    with serve() as server:
        make_round(settings, server.url).play()
    episodes = list(iter_episodes(Path("out/round-1/sessions")))
    assert len({(e.persona.id, e.seed) for e in episodes}) == 4
    assert {e.counselor for e in episodes} == {"plain@round-0.0", "plain@round-0.1"}
    assert {e.seed for e in episodes} == {1}
    assert {e.voices.counselor for e in episodes} == {"tiny-0"}
    assert {v.scale for e in episodes for v in e.verdicts} == {"ctrs6", "safety"}


def test_a_round_that_is_not_served_yet_says_what_to_serve(settings: dict[str, Any]) -> None:
    with serve() as server:
        server.mood = refuse_call(404, "The model `tiny-0` does not exist.")
        with pytest.raises(InputError, match="tiny-0") as caught:
            make_round(settings, server.url).play()
    assert "serve out/round-0/model" in str(caught.value)
    assert "call again" in str(caught.value)


@pytest.mark.skipif(find_spec("torch") is not None, reason="the extra is there")
def test_without_the_extra_it_says_what_to_install(
    call: Callable[..., Any], settings: dict[str, Any]
) -> None:
    ended = call("loop", write(settings))
    assert ended.code == 2
    assert "counselgym[train]" in ended.err
    assert not Path("out").exists()
