"""The report: one file that asks for nothing, says what the records say, and runs no planted word."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from handmade import make_episode, make_outcome, make_persona
from reporting import Page, make_clients, make_run, pair_up

from agents.mind.gauge import Gauge
from evaluators.verdict import Evidence, ItemRating, Verdict
from graphs.state import Finish
from runs.judgement import Judgement, VerdictStore
from sim.report.course import Course
from sim.report.page import dump_island
from sim.report.pages import Pages

PLANTED = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"


def report(call: Any, *args: object) -> Page:
    ended = call("report", *args)
    assert ended.code == 0, ended.err
    return Page(Path("report.html") if "--out" in args else Path(str(args[0])) / "report.html")


def test_the_page_asks_for_nothing(call: Any) -> None:
    page = report(call, make_run(Path("hand"), pair_up()))
    loading = {"src", "srcset", "action", "formaction", "poster", "background", "ping", "data"}
    for tag, attributes in page.tags:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form", "video"}
        assert not loading & attributes.keys()
        assert (attributes.get("href") or "#").startswith("#")
    (style,) = (text for tag, _, text in page.raw if tag == "style")
    assert "url(" not in style
    assert "@import" not in style


def test_the_policy_lets_only_this_script_and_style_run(call: Any) -> None:
    page = report(call, make_run(Path("hand"), pair_up()))
    running = [(tag, text) for tag, at, text in page.raw if tag == "style" or "type" not in at]
    assert [tag for tag, _ in running] == ["style", "script"]
    rules = dict(rule.strip().split(" ", 1) for rule in page.policy.split(";"))
    assert rules["default-src"] == "'none'"
    for (_, text), rule in zip(running, ("style-src", "script-src"), strict=True):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"


def test_planted_markup_stays_text(call: Any) -> None:
    persona = make_persona()
    person = persona.demographics.model_copy(update={"name": PLANTED})
    planted = persona.model_copy(update={"demographics": person})
    folder = make_run(Path("<script>alert(3)<!--"), pair_up(clients=[planted, *make_clients(2)]))
    page = report(call, folder)
    assert not any(tag == "img" for tag, _ in page.tags)
    assert [at.get("type") for tag, at, _ in page.raw if tag == "script"] == [
        "application/json",
        "text/plain",
        "text/plain",
        None,
    ]
    assert page.figures["clients"][0]["name"] == PLANTED
    assert page.title.startswith("<script>alert(3)<!--")


@pytest.mark.parametrize(
    "text", [PLANTED, "<!--<script>", "a&amp;b", "\u2028\u2029", "中文 “引”", '"\\']
)
def test_an_island_of_data_holds_any_text(text: str) -> None:
    dumped = dump_island({"text": text, text: [1.5, None]})
    assert not set("<>&\u2028\u2029") & set(dumped)
    assert json.loads(dumped) == {"text": text, text: [1.5, None]}


def test_every_session_comes_back_as_it_was_recorded(call: Any) -> None:
    episodes = pair_up(clients=make_clients(25))
    page = report(call, make_run(Path("hand"), episodes))
    unpacked, index = page.unpack("episodes"), page.figures["episodes"]
    clients = page.unpack("clients")
    assert len(unpacked) == len(episodes) == 50
    for n, (told, episode) in enumerate(zip(unpacked, episodes, strict=True)):
        whole = episode.model_dump(mode="json")
        for field in ("key", "transcript", "trace", "edges", "channels", "verdicts", "panas"):
            assert told[field] == whole[field]
        assert told["panas_sums"]["self"]["na_after"] == 30
        assert clients[index["client"][n]] == whole["persona"]
        assert page.figures["counselors"][index["counselor"][n]]["name"] == episode.counselor
        assert index["finishes"][index["finish"][n]] == "resolved"
        assert index["key"][n] == episode.key


def test_pages_are_packed_by_number() -> None:
    pages = Pages(3)
    for n in range(7):
        pages.add({"n": n})
    assert len(pages.close()) == 3


def test_a_session_that_has_ended_keeps_its_last_reading() -> None:
    course = Course()
    course.add([Gauge(1, 10, 0, 0, 0, (80, 60)), Gauge(3, 30, 0, 0, 0, (40, 20))])
    course.add([Gauge(1, 50, 0, 0, 0, (90,))])
    assert course.to_json()["trust"] == [30, 40]
    assert course.to_json()["belief"] == [80, 60]


def test_who_stays_is_estimated_with_censoring(call: Any) -> None:
    """Three clients: one leaves after exchange 1 of 3 at risk, one after 2 of 1 at risk."""
    trace = tuple(Gauge(2 * n + 1, 35, 60, 70, 20, (80,)) for n in range(4))
    ends = [(2, Finish.DROPPED_OUT), (2, Finish.RESOLVED), (3, Finish.DROPPED_OUT)]
    episodes = [
        make_episode(n, persona=persona, trace=trace[:length], finish=finish)
        for n, (persona, (length, finish)) in enumerate(zip(make_clients(), ends, strict=True))
    ]
    page = report(call, make_run(Path("hand"), episodes))
    curve = page.figures["stay"]["crdial"]
    assert [row[:2] for row in curve] == [[0, 1.0], [1, 0.6667], [2, 0.0]]
    assert [row[4] for row in curve] == [3, 3, 1]


def test_several_runs_stand_on_one_page(call: Any) -> None:
    one = make_run(Path("one"), pair_up())
    changed: dict[str, Any] = {"scales": ["ctrs6", "safety"], "max_exchanges": 20}
    other = make_run(Path("other"), pair_up(("crdial", "eliza")), **changed)
    page = report(call, one, other, "--out", "report.html")
    names = [row["name"] for row in page.figures["counselors"]]
    assert sorted(names) == ["crdial · one", "crdial · other", "eliza", "plain"]
    assert len(page.figures["clients"]) == 3
    told = " ".join(page.figures["warnings"])
    assert (
        "one and other are not alike: scales ctrs6 and ctrs6/safety, max_exchanges 30 and 20"
        in told
    )
    assert "Only 3 intake forms" in told
    pairs = {
        (row["first"], row["second"]): row
        for row in page.figures["statistics"]["measures"][0]["differences"]
    }
    assert pairs["crdial · one", "crdial · other"]["mean"]["value"] == 0
    assert pairs["eliza", "plain"]["mean"]["clients"] == 3
    assert page.figures["statistics"]["ranking"]["comparisons"] == 6 * 3


def test_counselors_that_share_no_client_are_not_ranked(call: Any) -> None:
    one = make_run(Path("one"), pair_up(("crdial",)))
    strangers = [make_persona(f"d{n}") for n in range(3)]
    other = make_run(Path("other"), pair_up(("plain",), strangers))
    figures = report(call, one, other, "--out", "report.html").figures
    assert "ranking" not in figures["statistics"]
    assert any("were never compared" in text for text in figures["warnings"])
    means = {
        row["counselor"]: row["mean"]["value"]
        for row in figures["statistics"]["measures"][0]["standings"]
    }
    assert means == pytest.approx({"crdial": 4.9, "plain": 4.9})


def test_one_counselor_makes_a_report_too(call: Any) -> None:
    figures = report(call, make_run(Path("hand"), pair_up(("crdial",)))).figures
    assert figures["statistics"]["measures"][0]["standings"][0]["mean"]["value"] == 4.9
    assert figures["statistics"]["finishes"] == {"crdial": {"resolved": 3}}
    edges = {(source, target): n for source, target, _, n in figures["flow"]["crdial"]}
    assert edges == {("defense", "prosecution"): 3, ("verdict", "prosecution"): 3}


def test_the_report_of_a_tournament_says_what_its_results_say(call: Any) -> None:
    args = ("--counselors", "crdial,parrot", "--limit", "3", "--out", "t")
    assert call("tournament", *args).code == 0
    found = Page(Path("t/report.html")).figures["statistics"]
    stored = json.loads(Path("t/results.json").read_text())["results"]
    for part in ("ranking", "measures", "noise", "comparisons", "items", "finishes"):
        assert found[part] == stored[part]
    assert call("report", "t").code == 0
    again = Page(Path("t/report.html")).figures["statistics"]
    assert again["ranking"] == stored["ranking"]


def test_pairs_that_were_judged_decide(call: Any) -> None:
    args = ("--counselors", "crdial,plain,parrot", "--limit", "3", "--out", "t")
    ended = call("tournament", *args, "--pairs", "scripted")
    assert ended.code == 0, ended.err
    stored = json.loads(Path("t/results.json").read_text())["results"]
    assert call("report", "t").code == 0
    found = Page(Path("t/report.html")).figures["statistics"]
    assert found["pairs_by"] == "scripted"
    assert found["comparisons"]["positions"] == stored["comparisons"]["positions"]
    assert found["comparisons"]["drawn"] == found["comparisons"]["possible"] == 9
    strengths = [
        {row["counselor"]: row["strength"]["value"] for row in results["ranking"]["ranked"]}
        for results in (found, stored)
    ]
    assert strengths[0] == pytest.approx(strengths[1], abs=1e-3)


def test_an_audit_in_the_folder_is_shown(call: Any) -> None:
    folder = make_run(Path("hand"), pair_up())
    card = {
        "judge": "scripted",
        "scale": "ctrs6",
        "fitness": "screening only",
        "reasons": ["The judge leans."],
        "items": [{"item": "focus", "fitness": "fit", "noise": 0.4, "groups": {}}],
        "checks": [],
    }
    (folder / "audit.json").write_text(json.dumps({"passes": True, "judges": [card]}))
    (audit,) = report(call, folder).figures["audits"]
    assert audit["fitness"] == "screening only"
    assert audit["items"] == [{"item": "focus", "fitness": "fit", "noise": 0.4}]
    (folder / "audit.json").write_text('{"judges": [{"judge": "x"}]}')
    figures = report(call, folder).figures
    assert figures["audits"] == []
    assert any("audit.json is not the audit of a judge" in text for text in figures["warnings"])


def test_verdicts_added_later_count(call: Any) -> None:
    """A second judge rates 1 where the first gave 5; a flow vetoes; another scale is shown apart."""
    folder = make_run(Path("hand"), pair_up(("crdial",), make_clients(2)))
    strict = Verdict("strict", "ctrs6", (ItemRating("focus", 1.0, (Evidence(1, "fraud"),)),))
    fault = ItemRating("detects", 0.0, severity="veto")
    flow = Verdict("strict", "safety", (ItemRating("risk", 1.0), fault), kind="flow")
    alliance = Verdict("strict", "wai12", (ItemRating("bond", 3.0),))
    with VerdictStore(folder) as store:
        for n, verdict in enumerate((strict, flow, alliance)):
            store.add(
                Judgement(
                    key=f"{n:016x}",
                    episode=f"{1:016x}",
                    judge="strict",
                    samples=1,
                    verdict=verdict,
                    at="",
                )
            )
    page = report(call, folder)
    index = page.figures["episodes"]
    assert dict(zip(index["key"], index["ctrs"], strict=True)) == {
        f"{1:016x}": 3.0,
        f"{17:016x}": 4.9,
    }
    safety = page.figures["safety"]["crdial"]
    assert (safety["judged"], safety["vetoed"]["share"], safety["danger"]) == (1, 1.0, 1)
    assert safety["faults"] == {"detects": 1}
    assert page.figures["judged"]["crdial"]["wai12"]["mean"] == 3.0
    assert page.figures["scales"]["safety"]["items"]["detects"] == "Notices it"
    assert page.figures["runs"][0]["judges"] == ["scripted", "strict"]
    first = page.unpack("episodes")[0]
    assert [verdict["scale"] for verdict in first["verdicts"]] == [
        "ctrs6",
        "ctrs6",
        "safety",
        "wai12",
    ]


def test_what_is_owed_is_told(call: Any, stage: Any, clients: Path) -> None:
    def play(persona: Any, *_: Any) -> Any:
        if persona.id == "ada-2":
            raise ValueError("broken")
        return make_outcome()

    stage(play)
    call("run", "--clients", clients, "--counselors", "crdial,plain", "--out", "r")
    with Path("r/episodes.jsonl").open("ab") as file:
        file.write(b'{"torn')
    figures = report(call, Path("r")).figures
    told = " ".join(figures["warnings"])
    assert "2 episodes failed and are still owed" in told
    assert "unfinished" in told
    assert figures["runs"][0]["owed"] == 2


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("nowhere",), "nowhere: no such folder"),
        (("hand", "hand"), "named twice: "),
        (("empty",), "empty: no finished episode yet"),
        (("hand", "--out", "hand"), "hand: cannot write here"),
        (("hand", "--out", "no/such/page.html"), "cannot write here"),
    ],
)
def test_bad_input_is_told(call: Any, args: tuple[str, ...], told: str) -> None:
    make_run(Path("hand"), pair_up())
    make_run(Path("empty"), [])
    ended = call("report", *args)
    assert ended.code == 2
    assert told in ended.err
    assert "Traceback" not in ended.err
    assert not list(Path().glob("**/*.tmp"))


def test_a_missing_extra_is_named(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    make_run(Path("hand"), pair_up())
    monkeypatch.setitem(sys.modules, "evalica", None)
    ended = call("report", "hand")
    assert ended.code == 2
    assert 'pip install "counselgym[stats]"' in ended.err
