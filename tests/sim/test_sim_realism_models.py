"""The parts of realism that ask a model: the blind reader and the embeddings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import web

from tests.fake.replies import make_error
from tests.fake.request import ChatRequest
from tests.fake.server import FakeServer
from tests.fake.thread import run_in_thread
from tests.sim.playing import write_run

GUESS = {"distortion": "labeling", "attitude": "negative"}


def read_blindly(request: ChatRequest) -> tuple[str, str]:
    """A reader that always hears the same, except in one session, of which it says nonsense."""
    assert "<transcript>" in request.messages[-1]["content"]
    broken = "kiln" in request.messages[-1]["content"]
    return "reader", "hm" if broken else json.dumps(GUESS)


class VectorServer(FakeServer):
    """Gives each text a vector of its first letters; refuses where it has none to give."""

    def __init__(self, *, refuses: bool = False) -> None:
        super().__init__(read_blindly)
        self.refuses = refuses

    async def start(self, port: int = 0) -> None:
        app = web.Application()
        app.router.add_post("/v1/embeddings", self._embed)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"

    async def _embed(self, http: web.Request) -> web.Response:
        if self.refuses:
            return make_error(404, "this model gives no embeddings: sk-secret")
        texts = orjson.loads(await http.read())["input"]
        rows = [
            {"index": n, "object": "embedding", "embedding": [len(text), 1.0]}
            for n, text in enumerate(texts)
        ]
        return web.json_response({"object": "list", "data": rows, "model": "m", "usage": {}})


@pytest.fixture
def played(call: Any) -> Path:
    folder = Path("played")
    assert call("run", "--counselors", "eliza", "--out", folder).code == 0
    return folder


def name_model(folder: Path, url: str) -> None:
    """Give a run of scripted voices a model by the name of `fake`."""
    write_run(url)
    table = Path("study.toml").read_text()
    config = folder / "config.toml"
    kept = config.read_text().replace("[models]", "")
    config.write_text(kept + table[table.index("[models.fake]") :])


def test_a_model_reads_blindly(call: Any, played: Path) -> None:
    with run_in_thread(FakeServer(read_blindly)) as server:
        name_model(played, server.url)
        ended = call("realism", played, "--reader", "fake", "--json")
    assert ended.code == 0, ended.err
    found = json.loads(ended.out)["recovery"]
    truth = found["attitude_read"]
    negative = 9 / 26
    assert truth["value"] == pytest.approx(negative)
    assert truth["accepted"][0] == pytest.approx(negative)
    assert truth["verdict"] == "like chance"
    assert found["main_distortion_read"]["n"] == 26
    assert "fake read 26 of 26 sessions, 0 missing" in ended.err


def test_a_reading_that_cannot_be_read_is_missing(call: Any) -> None:
    talk = [
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "The kiln cracked."},
    ]
    Path("a.jsonl").write_text(json.dumps({"messages": talk}) + "\n")
    call("import", "a.jsonl", "--format", "openai", "--out", "in")
    with run_in_thread(FakeServer(read_blindly)) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", server.url)
        ended = call("realism", "in", "--reader", "openai:any", "--json")
    assert ended.code == 0, ended.err
    assert "read 0 of 1 sessions, 1 missing" in ended.err
    assert "attitude_read" not in json.loads(ended.out)["recovery"]


def test_a_reader_that_is_not_there_is_bad_input(call: Any, played: Path) -> None:
    ended = call("realism", played, "--reader", "nobody")
    assert ended.code == 2
    assert "unknown model 'nobody'" in ended.err
    assert ended.out == ""


def test_variety_in_meaning(call: Any, played: Path) -> None:
    with run_in_thread(VectorServer()) as server:
        name_model(played, server.url)
        ended = call("realism", played, "--embeddings", "fake", "--json")
    assert ended.code == 0, ended.err
    found = json.loads(ended.out)["measures"]["embedding_diversity"]
    assert 0 < found["value"] < 0.05
    assert found["n"] == 26


def test_an_endpoint_without_embeddings_is_named_without_what_it_says(
    call: Any, played: Path
) -> None:
    with run_in_thread(VectorServer(refuses=True)) as server:
        name_model(played, server.url)
        ended = call("realism", played, "--embeddings", "fake")
    assert ended.code == 2
    assert "fake-1 at http://127.0.0.1" in ended.err
    assert "secret" not in ended.err
