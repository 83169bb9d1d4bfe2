"""The verbs that make personas: generate, schema, import with --skip-bad, enrichment by a model."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from langchain_core.messages import BaseMessage
from playing import serve
from pydantic import BaseModel

from agents.llm.enrichment import Enricher, Prose
from agents.models.faults import CallFault, Diagnosis, Kind
from agents.models.reply import Reply
from agents.models.usage import Usage
from personas.generator.generate import generate_personas
from personas.schema import Persona
from sim.clients.enriching import enrich_with


class Writer:
    """A model that answers by a function of the form, and remembers what it was asked."""

    voice = "writer"

    def __init__(self, answer: Callable[[str], Prose | None]) -> None:
        self.answer = answer
        self.asked: list[str] = []

    async def call(
        self,
        messages: Sequence[BaseMessage],
        *,
        role: str,
        seed: int | None = None,
        schema: type[BaseModel] | None = None,
        max_tokens: int | None = None,
    ) -> Reply:
        assert (role, schema) == ("enrichment", Prose)
        self.asked.append(str(messages[-1].content))
        return Reply("", "writer", 1, 0, 1, 0.1, "stop", 1, self.answer(self.asked[-1]))


def enrich(personas: list[Persona], answer: Callable[[str], Prose | None]) -> tuple[Any, Writer]:
    writer = Writer(answer)
    return asyncio.run(enrich_with(personas, Enricher(writer))), writer


def test_generate_writes_prints_and_refuses_to_overwrite(call: Any) -> None:
    ended = call("personas", "generate", "160", "--out", "p.jsonl", "--seed", "7")
    assert ended.code == 0, ended.err
    assert "domain × distortion" in ended.out
    assert "near-duplicates: 0 of 160 (0.00%)" in ended.out
    assert "160 personas written to p.jsonl" in ended.out
    lines = Path("p.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines[:2]] == ["gen-en-7-00000", "gen-en-7-00001"]
    again = call("personas", "generate", "160", "--out", "q.jsonl", "--seed", "7")
    assert again.code == 0
    assert Path("p.jsonl").read_bytes() == Path("q.jsonl").read_bytes()
    refused = call("personas", "generate", "1", "--out", "p.jsonl")
    assert refused.code == 2
    assert "exists already" in refused.err


def test_generated_clients_can_be_played(call: Any) -> None:
    call("personas", "generate", "4", "--out", "p.jsonl")
    ended = call("run", "--clients", "p.jsonl", "--counselors", "crdial", "--out", "r")
    assert ended.code == 0, ended.err
    assert "planned 4 = done 4" in ended.out + ended.err


def test_schema_describes_what_generate_writes(call: Any) -> None:
    schema = json.loads(call("personas", "schema").out)
    call("personas", "generate", "1", "--out", "p.jsonl", "--risk", "passive", "--minors")
    row = json.loads(Path("p.jsonl").read_text(encoding="utf-8"))
    assert set(schema["required"]) <= set(row) <= set(schema["properties"])
    assert row["risk"] == "passive"


def test_import_lists_what_it_skips(call: Any) -> None:
    Path("q.csv").write_text("question,description\nWhy?,I was late and got fired.\n,nothing\n")
    refused = call("personas", "import", "q.csv", "--out", "p.jsonl")
    assert refused.code == 2
    assert "q.csv, line 3, field question: missing" in refused.err
    assert not Path("p.jsonl").exists()
    ended = call("personas", "import", "q.csv", "--out", "p.jsonl", "--skip-bad")
    assert ended.code == 0
    assert "skipped q.csv, line 3, field question: missing" in ended.out
    assert "1 personas written to p.jsonl, 1 skipped" in ended.out


def test_enrichment_changes_problem_and_history_only() -> None:
    personas = list(generate_personas(3))
    report, writer = enrich(personas, lambda form: Prose(problem="It got loud.", history="None."))
    assert report.kept == []
    for before, after in zip(personas, report.personas, strict=True):
        assert after.intake.problem == "It got loud."
        changed = {"problem": before.intake.problem, "history": before.intake.history}
        assert (
            after.model_copy(update={"intake": after.intake.model_copy(update=changed)}) == before
        )
    for persona, form in zip(personas, writer.asked, strict=True):
        profile = persona.profile
        assert str(persona.demographics.name) not in form
        for thought in profile.thoughts:
            assert thought.text not in form
        assert all(item.text not in form for item in profile.disclosures)


def test_what_cannot_be_taken_leaves_the_persona_and_says_why() -> None:
    personas = list(generate_personas(4))
    answers = iter(
        [
            None,
            Prose(problem="It began in 1971.", history="None."),
            Prose(problem="吵得很凶。", history="没有。"),
            Prose(problem=" ", history="None."),
        ]
    )
    report, _ = enrich(personas, lambda form: next(answers))
    assert report.personas == personas
    assert [why for _, why in report.kept] == [
        "the reply could not be read",
        "the text brings a number that the form does not have",
        "the text is in another language",
        "a section is empty",
    ]


def test_a_call_that_fails_leaves_its_persona() -> None:
    personas = list(generate_personas(2))

    def fail(form: str) -> Prose | None:
        raise CallFault("down", Diagnosis(Kind.TRANSIENT, "down"), Usage())

    report, _ = enrich(personas, fail)
    assert report.personas == personas
    assert len(report.kept) == 2


def test_generate_enriches_by_an_endpoint(call: Any, monkeypatch: Any) -> None:
    with serve() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        ended = call("personas", "generate", "2", "--out", "p.jsonl", "--enrich", "openai:fake-1")
    assert ended.code == 0, ended.err
    assert "enriched 2 of 2 by fake-1" in ended.out
    rows = [json.loads(line) for line in Path("p.jsonl").read_text(encoding="utf-8").splitlines()]
    plain = [persona.model_dump(mode="json") for persona in generate_personas(2)]
    for row, before in zip(rows, plain, strict=True):
        assert row["intake"]["problem"] != before["intake"]["problem"]
        assert row["profile"] == before["profile"]


def test_an_unknown_model_is_refused(call: Any) -> None:
    ended = call("personas", "generate", "2", "--out", "p.jsonl", "--enrich", "nobody")
    assert ended.code == 2
    assert "unknown model 'nobody'" in ended.err
    assert not Path("p.jsonl").exists()
