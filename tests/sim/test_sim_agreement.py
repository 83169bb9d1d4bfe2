"""The verb `agreement` on a run on disk, as a user meets it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from handmade import make_episode

pytest.importorskip("numpy", reason="the extra stats is not installed")

from evaluators.verdict import ItemRating, Verdict
from runs.judgement import VERDICTS
from runs.line import EPISODES

ITEMS = (
    "understanding",
    "interpersonal",
    "collaboration",
    "guided_discovery",
    "focus",
    "strategy",
)
Call = Callable[..., object]


def rate(judge: str, number: int, shift: float = 0.0, scale: str = "ctrs6") -> Verdict:
    scores = (min(max((number * 7 + place * 3) % 5 + 1 + shift, 0), 6) for place in range(6))
    ratings = (ItemRating(item, score) for item, score in zip(ITEMS, scores, strict=True))
    return Verdict(judge, scale, tuple(ratings))


def write_run(*judges: tuple[str, float], episodes: int = 12) -> Path:
    folder = Path("run")
    folder.mkdir()
    (folder / "manifest.json").write_text("{}")
    (folder / "config.toml").write_text("")
    lines: Iterator[str] = (
        make_episode(
            number,
            ("crdial", "eliza")[number % 2],
            verdicts=tuple(rate(judge, number, shift) for judge, shift in judges),
        ).model_dump_json()
        for number in range(episodes)
    )
    (folder / EPISODES).write_text("".join(f"{line}\n" for line in lines))
    return folder


def fill_sheet(sheet: Path, *raters: tuple[str, float]) -> None:
    with sheet.open() as file:
        rows = list(csv.DictReader(file))
    filled = [
        (row["episode"], rater, row["item"], rating.score)
        for rater, shift in raters
        for row in rows
        for rating in rate(rater, int(row["episode"], 16), shift).ratings
        if rating.item == row["item"]
    ]
    with sheet.open("w") as file:
        csv.writer(file).writerows([("episode", "rater", "item", "score"), *filled])


def test_judges_of_a_run_are_compared(call: Call) -> None:
    folder = write_run(("one", 0), ("two", 0), ("hard", -1))
    ended = call("agreement", folder, "--json")
    assert ended.code == 0, ended.err
    found = json.loads(ended.out)
    assert found["scale"] == "ctrs6"
    assert found["episodes"] == 12
    assert [item["item"] for item in found["groups"]["all"]["items"]] == [
        *ITEMS,
        "mean of the items",
    ]
    assert {r["rater"]: r["findings"] for r in found["raters"]} == {
        "one": [],
        "two": [],
        "hard": ["severe"],
    }
    same = found["pairs"][0]
    assert (same["first"], same["second"]) == ("one", "two")
    assert same["figures"]["weighted_kappa"]["value"] == pytest.approx(1)


def test_the_tables_name_the_severe_rater_and_give_intervals(call: Call) -> None:
    folder = write_run(("one", 0), ("two", 0), ("hard", -1))
    out = call("agreement", folder).out
    assert "ordinal" in out
    assert "1.00–1.00" in out
    assert "severe" in out.split("Raters")[1]
    only = call("agreement", folder, "--judges", "one,two").out
    assert "hard" not in only
    assert "1.00" in only


def test_verdicts_that_were_added_later_count_and_replace(call: Call) -> None:
    folder = write_run(("one", 0))
    rows = (
        {"key": f"{judge}{shift}{number}", "episode": f"{number:016x}", "judge": judge}
        | {"samples": 1, "at": "2025-01-01T00:00:00+00:00"}
        | {"verdict": asdict(rate(judge, number, shift))}
        for judge, shift in (("two", -3), ("two", 0))  # the second time it says what `one` says
        for number in range(12)
    )
    (folder / VERDICTS).write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    found = json.loads(call("agreement", folder, "--json").out)
    assert found["groups"]["all"]["raters"] == ["one", "two"]
    assert found["pairs"][0]["figures"]["gap"]["value"] == pytest.approx(0)


def test_a_scale_with_points_is_taken_without_being_named_a_flow_only_by_name(call: Call) -> None:
    folder = write_run(("one", 0), ("two", 0))
    path = folder / EPISODES
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for number, line in enumerate(lines):
        for judge in ("one", "two"):
            told = [{"item": "risk", "score": float(number % 3 == 0)}]
            flow = {"judge": judge, "scale": "safety", "ratings": told, "kind": "flow"}
            line["verdicts"].append(flow)
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert json.loads(call("agreement", folder, "--json").out)["scale"] == "ctrs6"
    found = json.loads(call("agreement", folder, "--scale", "safety", "--json").out)
    items = {item["item"]: item for item in found["groups"]["all"]["items"]}
    assert items["risk"]["figures"]["weighted_kappa"]["value"] == pytest.approx(1)
    assert items["mean of the items"]["figures"]["weighted_kappa"]["value"] is None


def test_blank_sheets_are_blind_and_come_back_as_people(call: Call) -> None:
    folder = write_run(("scripted", 0))
    ended = call("agreement", folder, "--template", "sheet.csv")
    assert ended.code == 0, ended.err
    texts = [path.read_text() for path in Path("sheet").glob("*.txt")]
    assert len(texts) == 12 + 1
    for text in [*texts, Path("sheet.csv").read_text()]:
        assert not any(word in text for word in ("crdial", "eliza", "scripted", "Restatement"))
        assert "automatic_thoughts" not in text
    assert "What went through your mind?" in texts[0] + texts[1]
    sheet = Path("sheet.csv")
    fill_sheet(sheet, ("Ana", 0), ("Ben", 0))
    found = json.loads(call("agreement", folder, "--human", sheet, "--json").out)
    assert set(found["groups"]) == {"all", "people"}
    assert found["groups"]["people"]["raters"] == ["Ana", "Ben"]
    against = found["against"][-1]
    assert (against["first"], against["second"]) == ("people", "scripted")
    assert against["figures"]["gap"]["value"] == pytest.approx(0)
    assert (
        "Judges against the mean of the people" in call("agreement", folder, "--human", sheet).out
    )


def test_a_sheet_is_never_written_over(call: Call) -> None:
    folder = write_run(("scripted", 0))
    assert call("agreement", folder, "--template", "sheet.csv").code == 0
    fill_sheet(Path("sheet.csv"), ("Ana", 0))
    before = Path("sheet.csv").read_bytes()
    ended = call("agreement", folder, "--template", "sheet.csv")
    assert ended.code == 2
    assert "exists already" in ended.err
    assert Path("sheet.csv").read_bytes() == before


def test_bad_input_is_a_message_and_exit_code_2(call: Call) -> None:
    folder = write_run(("scripted", 0))
    bad = Path("bad.csv")
    bad.write_text("episode,rater,item,score\n0000000000000001,Ana,focus,9\n")
    same = Path("same.csv")
    same.write_text("episode,rater,item,score\n0000000000000001,scripted,focus,3\n")
    for words, what in (
        (("agreement", "nowhere"), "nowhere"),
        (("agreement", folder), "only one rater, scripted"),
        (("agreement", folder, "--judges", "sripted"), "did you mean scripted?"),
        (("agreement", folder, "--scale", "ctrs66"), "no scale 'ctrs66'"),
        (("agreement", folder, "--scale", "ctrs11"), "no rater on ctrs11"),
        (("agreement", folder, "--human", bad), "bad.csv, line 2, field score"),
        (("agreement", folder, "--human", same), "same.csv, field rater"),
        (("agreement", folder, "--human", "none.csv"), "none.csv: no such file"),
    ):
        ended = call(*words)
        assert ended.code == 2
        assert what in ended.err
        assert "Traceback" not in ended.err


def test_without_numpy_the_verb_says_what_to_install(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sim.extras

    monkeypatch.setattr(sim.extras, "find_spec", lambda name: None)
    ended = call("agreement", "run")
    assert ended.code == 2
    assert 'pip install "counselgym[stats]"' in ended.err
