"""Whole sets: what is in them, what is not and why, on which side, and where every row comes from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from played import (
    NAMES,
    pick,
    play_all,
    read_lines,
    read_set,
    with_attitude,
    write_lines,
    write_run,
)

from agents.mind.gauge import Gauge
from agents.tagging import parse_tags
from agents.transcript import client_turn
from evaluators.verdict import ItemRating, Verdict
from graphs.state import Finish
from personas.distortions import taxonomy
from personas.errors import InputError
from personas.schema import Attitude
from runs.export.alike import Repeats, compare, draw_sketch
from runs.export.files import name_file
from runs.export.formats import FORMATS, Format
from runs.export.lineage import digest_config
from runs.export.make import export
from runs.export.sieve import Filters, rate
from runs.export.split import split_forms
from runs.export.wanted import Wanted
from runs.foreign.corpus import iter_corpus
from runs.imported import Imported
from runs.record import Episode

JSON_FORMATS = [form for form in FORMATS if form != "parquet"]


def make(run: Path, out: Path, form: Format = "messages", **changes: Any) -> list[Any]:
    export([run], Wanted(form, **changes), out)
    return read_set(out)


def judged(episode: Episode, score: float | None, veto: str | None = None) -> Episode:
    verdicts = [Verdict("a", "ctrs6", (ItemRating("focus", score),))]
    if veto is not None:
        ratings = (ItemRating("harm", 1.0, severity=veto),)  # type: ignore[arg-type]
        verdicts.append(Verdict("a", "safety", ratings, "flow"))
    return episode.model_copy(update={"verdicts": tuple(verdicts)})


@pytest.mark.parametrize("form", JSON_FORMATS)
def test_every_row_leads_back_to_its_episode(
    form: Format, run: Path, episodes: list[Episode], tmp_path: Path
) -> None:
    known = {episode.key: episode for episode in episodes}
    rows = make(run, tmp_path / "set", form)
    assert rows
    for row in rows:
        told = row["lineage"]
        for lineage in (told["chosen"], told["rejected"]) if "chosen" in told else (told,):
            episode = known[lineage["episode"]]
            assert lineage["run"] == "demo"
            assert lineage["config"] == digest_config(run)
            assert (lineage["form"], lineage["persona"]) == (
                episode.persona.form,
                episode.persona.id,
            )
            assert lineage["counselor"] == episode.counselor
            assert lineage["finish"] == episode.finish
            assert lineage["ctrs"] == pytest.approx(rate(episode.verdicts), abs=1e-3)


@given(
    forms=st.sets(st.text(min_size=1), max_size=40),
    share=st.floats(0, 1),
    seed=st.integers(0, 9),
)
def test_the_share_of_forms_is_kept_and_the_rest_is_for_testing(
    forms: set[str], share: float, seed: int
) -> None:
    train = split_forms(forms, share, seed)
    assert train <= forms
    assert train == split_forms([*forms, *forms], share, seed)
    assert abs(len(train) - share * len(forms)) <= 1
    if 0 < share < 1 and len(forms) > 1:
        assert 0 < len(train) < len(forms)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("form", ["messages", "prompt-completion", "preference"])
def test_all_attitudes_of_a_form_are_on_one_side(form: Format, seed: int, tmp_path: Path) -> None:
    personas = [
        with_attitude(persona, attitude)
        for persona in pick(*NAMES[:3])
        for attitude in (Attitude.POSITIVE, Attitude.NEGATIVE)
    ]
    run = write_run(tmp_path / "run", play_all(personas, ("crdial", "eliza"), exchanges=12))
    export([run], Wanted(form, split=0.5, seed=seed), tmp_path / "set")
    sides: dict[str, set[str]] = {}
    for path in (tmp_path / "set").glob("*.jsonl"):
        for row in read_lines(path):
            lineage = row["lineage"].get("chosen", row["lineage"])
            sides.setdefault(lineage["form"], set()).add(path.stem)
    assert all(len(found) == 1 for found in sides.values())
    assert {side for found in sides.values() for side in found} == {"train", "test"}


def test_filters_do_not_move_a_client_to_the_other_side(run: Path, tmp_path: Path) -> None:
    everything = make(run, tmp_path / "all", split=0.5)
    sides = {
        row["lineage"]["form"]: name
        for name in ("train", "test")
        for row in read_lines(tmp_path / "all" / f"{name}.jsonl")
    }
    assert len(everything) == 24
    for counselors in (("crdial",), ("eliza",)):
        out = tmp_path / counselors[0]
        make(run, out, split=0.5, filters=Filters(counselors=counselors))
        for name in ("train", "test"):
            assert all(
                sides[row["lineage"]["form"]] == name for row in read_lines(out / f"{name}.jsonl")
            )


@pytest.mark.parametrize(
    ("filters", "keeps"),
    [
        (Filters(counselors=("crdial",)), lambda e: e.counselor == "crdial"),
        (Filters(finishes=(Finish.RESOLVED,)), lambda e: e.finish is Finish.RESOLVED),
        (Filters(min_ctrs=3.0), lambda e: (rate(e.verdicts) or 0) >= 3.0),
    ],
)
def test_filters_keep_what_they_say(
    filters: Filters,
    keeps: Callable[[Episode], bool],
    run: Path,
    episodes: list[Episode],
    tmp_path: Path,
) -> None:
    account = export([run], Wanted("messages", filters), tmp_path / "set")
    kept = {row["lineage"]["episode"] for row in read_set(tmp_path / "set")}
    assert kept == {episode.key for episode in episodes if keeps(episode)}
    assert 0 < account.kept < account.read == len(episodes)
    assert account.kept + sum(account.dropped.values()) == account.read


def test_what_was_not_rated_does_not_pass(episodes: list[Episode], tmp_path: Path) -> None:
    made = [
        judged(episodes[0], None),
        judged(episodes[1], 5.0),
        judged(episodes[2], 5.0, ""),
        judged(episodes[3], 5.0, "veto"),
        judged(episodes[4], 2.0, ""),
    ]
    run = write_run(tmp_path / "run", made)
    filters = Filters(min_ctrs=3.0, no_vetoed=True)
    account = export([run], Wanted("messages", filters), tmp_path / "set")
    assert account.dropped == Counter(
        {"CTRS missing": 1, "safety not judged": 1, "vetoed": 1, "CTRS below 3": 1}
    )
    assert [row["lineage"]["episode"] for row in read_set(tmp_path / "set")] == [made[2].key]


def test_only_the_named_judge_counts(episodes: list[Episode], tmp_path: Path) -> None:
    verdicts = tuple(
        Verdict(judge, "ctrs6", (ItemRating("focus", score),)) for judge, score in (("a", 5.0), ("b", 1.0))
    )  # fmt: skip
    run = write_run(tmp_path / "run", [episodes[0].model_copy(update={"verdicts": verdicts})])
    rows = make(run, tmp_path / "a", filters=Filters(min_ctrs=4.0, judge="a"))
    assert rows[0]["lineage"]["ctrs"] == 5.0
    with pytest.raises(InputError, match="CTRS below 4 1"):
        make(run, tmp_path / "both", filters=Filters(min_ctrs=4.0))


def test_a_fall_of_the_negative_sum_is_measured_by_the_clients_own_report(
    run: Path, episodes: list[Episode], tmp_path: Path
) -> None:
    rows = make(run, tmp_path / "set", filters=Filters(min_na_drop=5.0))
    assert 0 < len(rows) < len(episodes)
    assert {row["lineage"]["counselor"] for row in rows} <= {"crdial", "cactus"}


def test_words_of_a_stand_in_are_not_exported(episodes: list[Episode], tmp_path: Path) -> None:
    gauge = Gauge(1, 35, 60, 70, 20, (80, 60), stand_in="message")
    odd = episodes[0].model_copy(update={"trace": (gauge,)})
    number = episodes[1].model_copy(update={"trace": (replace(gauge, stand_in="number"),)})
    run = write_run(tmp_path / "run", [odd, number])
    account = export([run], Wanted("messages"), tmp_path / "set")
    assert account.dropped == Counter({"a stand-in spoke for the client": 1})
    assert account.kept == 1


def test_the_same_session_twice_is_kept_once(episodes: list[Episode], tmp_path: Path) -> None:
    again = episodes[0].model_copy(update={"key": "f" * 16, "seed": 7})
    run = write_run(tmp_path / "run", [episodes[0], again, episodes[1]])
    account = export([run], Wanted("messages", Filters(dedup=True)), tmp_path / "set")
    assert account.dropped == Counter({"nearly the same as an earlier episode": 1})
    plain = export([run], Wanted("messages"), tmp_path / "rows")
    assert (plain.kept, plain.repeated, sum(plain.rows.values())) == (3, 1, 2)


def test_sketches_tell_how_much_two_sessions_have_in_common(episodes: list[Episode]) -> None:
    first, *others = (draw_sketch(episode.transcript) for episode in episodes)
    assert compare(first, first) == 1.0
    assert all(compare(first, other) == compare(other, first) < 0.6 for other in others)


def test_a_session_that_differs_in_one_message_is_a_repeat(episodes: list[Episode]) -> None:
    turns = list(episodes[0].transcript)
    turns[7] = client_turn("Oh, I could not say, really.")
    half = tuple(turns[: len(turns) // 2])
    repeats = Repeats()
    assert not repeats.is_repeated("tomas", episodes[0].transcript)
    assert repeats.is_repeated("tomas", tuple(turns))
    assert not repeats.is_repeated("ines", tuple(turns))
    assert not repeats.is_repeated("tomas", half)


def test_pairs_share_the_beginning_and_differ_from_there(run: Path, tmp_path: Path) -> None:
    rows = make(run, tmp_path / "set", "preference", min_gap=1.5)
    assert rows
    for row in rows:
        better, worse = row["lineage"]["chosen"], row["lineage"]["rejected"]
        assert better["ctrs"] - worse["ctrs"] >= 1.5 - 1e-3
        assert (better["persona"], better["seed"]) == (worse["persona"], worse["seed"])
        assert better["counselor"] != worse["counselor"]
        assert row["prompt"][0]["role"] == "system"
        assert row["prompt"][-1]["role"] == "user"
        assert row["chosen"][0]["role"] == row["rejected"][0]["role"] == "assistant"
        assert row["chosen"][-1]["role"] == row["rejected"][-1]["role"] == "assistant"
        assert row["chosen"][0] != row["rejected"][0]


def test_pairs_of_single_messages(run: Path, tmp_path: Path) -> None:
    rows = make(run, tmp_path / "set", "preference", turns=True)
    whole = make(run, tmp_path / "whole", "preference")
    assert len(rows) == len(whole)
    for row, longer in zip(rows, whole, strict=True):
        assert row["prompt"] == longer["prompt"]
        assert row["chosen"] == longer["chosen"][:1]
        assert row["rejected"] == longer["rejected"][:1]


def test_a_forked_session_parts_where_it_was_forked(tmp_path: Path) -> None:
    first = play_all(pick("tomas-bus"), ("plain",))[0]
    turns = list(first.transcript)
    place = 8
    turns[place] = replace(
        turns[place], sentences=(replace(turns[place].sentences[0], text="No."),)
    )
    fork = first.model_copy(update={"key": "f" * 16, "transcript": tuple(turns[: place + 2])})
    run = write_run(tmp_path / "run", [judged(first, 4.0), judged(fork, 1.0)])
    (row,) = make(run, tmp_path / "set", "preference", turns=True)
    assert len(row["prompt"]) == place + 2  # the system text and who has come in
    assert row["rejected"] == [{"role": "assistant", "content": "No."}]


def test_the_better_of_a_pair_passes_the_filters_and_the_worse_need_not(
    run: Path, tmp_path: Path
) -> None:
    filters = Filters(min_ctrs=3.0)
    rows = make(run, tmp_path / "set", "preference", filters=filters)
    assert all(row["lineage"]["chosen"]["ctrs"] >= 3.0 for row in rows)
    assert any(row["lineage"]["rejected"]["ctrs"] < 3.0 for row in rows)


def test_crisp_targets_tell_step_channel_and_strategy(run: Path, tmp_path: Path) -> None:
    rows = make(run, tmp_path / "set", "crisp")
    assert {row["lineage"]["counselor"] for row in rows} == {"crdial"}
    for row in rows:
        own = [m["content"] for m in row["messages"] if m["role"] == "assistant"][1:]
        assert all(re.match(r"<\w+> \[", text) for text in own)
        worked = [text for text in own if re.match(r"<(defense|prosecution|verdict)>", text)]
        assert all(re.match(r"<\w+>( \[\d(: [^]]+)?\])+ \[[A-Z]", text) for text in worked)
        for text in own:
            said = parse_tags(text.split("> ", 1)[1].removesuffix(" [End]"))
            assert said
            assert all(sentence.strategy for sentence in said)


def test_cactus_rows_are_read_back_by_the_importer(
    run: Path, episodes: list[Episode], tmp_path: Path
) -> None:
    make(run, tmp_path / "set", "cactus", split=1.0)
    read = list(iter_corpus(tmp_path / "set" / "train.jsonl", "cactus"))
    assert len(read) == len(episodes)
    for row, back in zip(read_set(tmp_path / "set"), read, strict=True):
        assert isinstance(back, Imported)
        episode = next(e for e in episodes if e.key == row["lineage"]["episode"])
        spoken = [turn.text for turn in episode.transcript if turn.stage != "crisis"]
        assert [turn.text for turn in back.transcript] == spoken
        assert back.intake == episode.persona.public()
        assert back.attitude is episode.persona.attitude
        told = {thought.distortion for thought in episode.persona.profile.thoughts}
        assert set(back.distortions) >= {d for d in told if taxonomy()[d].patternreframe10}
        assert all("no distortion of the taxonomy" in repair for repair in back.repairs)


def test_sharegpt_rows_keep_llama_factorys_rules(run: Path, tmp_path: Path) -> None:
    rows = make(run, tmp_path / "set", "sharegpt")
    for row in rows:
        roles = [message["from"] for message in row["conversations"]]
        assert roles == ["human", "gpt"] * (len(roles) // 2)  # odd ones are the human's
        assert all(isinstance(message["value"], str) for message in row["conversations"])
        assert row["system"]
    info = yaml.safe_load((tmp_path / "set" / "dataset_info.json").read_text())
    assert set(info) == {"set_train", "set_test"}
    for part in info.values():
        assert (tmp_path / "set" / part["file_name"]).is_file()
        assert part["formatting"] == "sharegpt"
        assert set(part["columns"].values()) <= set(rows[0])


def test_alpaca_rows_are_triples(run: Path, tmp_path: Path) -> None:
    for row in make(run, tmp_path / "set", "alpaca"):
        assert set(row) == {"instruction", "input", "output", "lineage"}
        assert all(row[name] for name in row)


def test_the_card_has_a_header_and_counts_that_add_up(run: Path, tmp_path: Path) -> None:
    account = export([run], Wanted("messages", Filters(min_ctrs=2.0)), tmp_path / "set")
    text = (tmp_path / "set" / "README.md").read_text()
    _, header, body = text.split("---\n", 2)
    data = yaml.safe_load(header)
    assert data["language"] == ["en"]
    assert data["license"] == "apache-2.0"
    assert "synthetic" in data["tags"]
    assert [part["path"] for part in data["configs"][0]["data_files"]] == [
        "train.jsonl",
        "test.jsonl",
    ]
    assert "Synthetic. No real client. Not for clinical use." in body
    counts = {
        name: int(n) for name, n in re.findall(r"^\| ([a-z].*?) \| (\d+) \| [\d.]+ %", body, re.M)
    }
    assert counts["read"] == account.read == sum(counts.values()) - counts["read"]
    rows = re.findall(r"^\| (train|test) \| \d+ \| \d+ \| (\d+) \|$", body, re.M)
    assert {side: int(n) for side, n in rows} == {
        side: len(read_lines(tmp_path / "set" / name_file("messages", side)))  # type: ignore[arg-type]
        for side in ("train", "test")
    }


def test_the_card_does_not_give_away_what_is_not_ours(
    episodes: list[Episode], tmp_path: Path
) -> None:
    persona = episodes[0].persona.model_copy(update={"source": "cactus:forms.json"})
    voices = replace(episodes[0].voices, counselor="gpt-x")
    run = write_run(
        tmp_path / "run", [episodes[0].model_copy(update={"persona": persona, "voices": voices})]
    )
    export([run], Wanted("messages"), tmp_path / "set")
    text = (tmp_path / "set" / "README.md").read_text()
    assert "license: other" in text
    assert "gpt-x" in text.split("## Licence")[1]
    assert "cactus" in text.split("## Licence")[1]


def test_a_failed_export_leaves_nothing_behind(run: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing is left.*other counselor 24"):
        make(run, tmp_path / "set", filters=Filters(counselors=("nobody",)))
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "set").mkdir()
    write_lines(tmp_path / "set" / "mine.jsonl", [{}])
    with pytest.raises(InputError, match="exists already"):
        make(run, tmp_path / "set")
    assert [path.name for path in (tmp_path / "set").iterdir()] == ["mine.jsonl"]


def test_an_import_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "import"
    folder.mkdir()
    (folder / "imported.jsonl").touch()
    (folder / "manifest.json").write_text("{}")
    with pytest.raises(InputError, match="licence is not ours"):
        make(folder, tmp_path / "set")


def test_two_runs_make_one_set(episodes: list[Episode], tmp_path: Path) -> None:
    one = write_run(tmp_path / "one", episodes[:4])
    two = write_run(tmp_path / "two", episodes[4:8])
    account = export([one, two], Wanted("messages"), tmp_path / "set")
    assert account.kept == 8
    assert {row["lineage"]["run"] for row in read_set(tmp_path / "set")} == {"one", "two"}
