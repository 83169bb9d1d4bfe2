"""The report in a real browser: no error, no request, planted words inert, usable small and large."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from chrome import Tab, find_chromium, open_tab
from handmade import make_persona
from reporting import make_clients, make_run, pair_up

from agents.transcript import client_turn
from runs.record import Episode

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium is installed here"),
]
PLANTED = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
OPEN_FIRST = "document.querySelector('.entry').click()"
OPENED = "document.querySelector('#session-title')"
SPEAK = "[...document.querySelectorAll('.turn')].map((turn) => turn.innerText).join('\\n')"


def look(path: Path, *looks: Callable[[Tab], Awaitable[None]], width: int = 1440) -> Tab:
    """Open a page, look at it, and demand that it was quiet all the while."""

    async def watch() -> Tab:
        async with open_tab() as tab:
            await tab.show(width)
            await tab.open(path)
            for one in looks:
                await one(tab)
            return tab

    tab = asyncio.run(watch())
    assert tab.errors == []
    assert tab.dialogs == []
    assert set(tab.requests) == {path.resolve().as_uri()}
    return tab


@pytest.fixture
def page(call: Any) -> Path:
    """A page on a run whose client has a script for a name and says it too."""
    persona = make_persona()
    person = persona.demographics.model_copy(update={"name": PLANTED})
    planted = persona.model_copy(update={"demographics": person})
    episodes = pair_up(clients=[planted, *make_clients(30)])
    said = (client_turn(PLANTED), *episodes[0].transcript)
    first = Episode.model_validate({**episodes[0].model_dump(), "transcript": said})
    folder = make_run(Path("hand"), [first, *episodes[1:]])
    ended = call("report", folder)
    assert ended.code == 0, ended.err
    return folder / "report.html"


def test_planted_scripts_are_shown_and_never_run(page: Path) -> None:
    async def read(tab: Tab) -> None:
        assert PLANTED in await tab.ask("document.querySelector('.entry b').textContent")
        await tab.ask(OPEN_FIRST)
        await tab.until(OPENED)
        assert PLANTED in await tab.ask("document.querySelector('#session-title').textContent")
        assert PLANTED in await tab.ask(SPEAK)
        assert await tab.ask("document.querySelectorAll('img').length") == 0

    look(page, read)


def test_nothing_could_be_loaded_or_run_if_it_got_in(page: Path) -> None:
    """The policy holds on its own: an inline handler, a script and an image that are put in do nothing."""

    async def intrude(tab: Tab) -> None:
        await tab.ask(
            "document.body.insertAdjacentHTML('beforeend', "
            '\'<img src="https://example.org/x.png" onerror="window.ran = 1">\')'
        )
        await tab.ask(
            "document.body.append(Object.assign(document.createElement('script'), "
            "{textContent: 'window.ran = 1'}))"
        )
        await asyncio.sleep(0.3)
        assert await tab.ask("window.ran === undefined")
        assert any("Content Security Policy" in error for error in tab.errors)
        tab.errors.clear()
        tab.requests[:] = [url for url in tab.requests if url.startswith("file:")]

    look(page, intrude)


@pytest.mark.parametrize("width", [375, 1440])
@pytest.mark.parametrize("dark", [False, True])
def test_the_page_fits_the_screen(page: Path, width: int, dark: bool) -> None:
    async def measure(tab: Tab) -> None:
        await tab.show(width, dark=dark)
        await tab.ask(OPEN_FIRST)
        await tab.until(OPENED)
        await tab.ask("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert await tab.ask("document.documentElement.scrollWidth") == width
        light = await tab.ask(
            "getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0] > 127"
        )
        assert light is not dark

    look(page, measure, width=width)


def test_sessions_are_found_and_opened_with_the_keyboard(page: Path) -> None:
    async def choose(tab: Tab) -> None:
        status = "document.querySelector('.list [role=status]').textContent"
        assert await tab.ask(status) == "62 sessions found"
        await tab.ask("document.querySelector('#sessions input[type=search]').focus()")
        await tab.send("Input.insertText", text="C7")
        assert await tab.ask(status) == "2 sessions found"
        await tab.ask("document.querySelector('.entry').focus()")
        for kind in ("keyDown", "keyUp"):
            await tab.send("Input.dispatchKeyEvent", type=kind, key="Enter", text="\r")
        await tab.until(OPENED)
        assert "C7 with" in await tab.ask("document.querySelector('#session-title').textContent")
        spoken = await tab.ask(SPEAK)
        assert "Six bowls sold, I guess." in spoken
        assert "Restatement" in spoken
        assert "2b prosecution · channel 1" in spoken
        quotes = "[...document.querySelectorAll('.quote')].map((quote) => quote.innerText)"
        assert "What speaks against it?" in (await tab.ask(quotes))[0]
        assert "#session=" in await tab.ask("location.href")

    look(page, choose)


def test_a_session_can_be_linked_to(page: Path) -> None:
    async def follow(tab: Tab) -> None:
        await tab.send("Page.navigate", url=f"{page.resolve().as_uri()}#session=0000000000000012")
        await tab.until(OPENED)
        assert "with plain" in await tab.ask("document.querySelector('#session-title').textContent")
        tab.requests[:] = [url.partition("#")[0] for url in tab.requests]

    look(page, follow)


def test_a_browser_that_cannot_unpack_says_so(page: Path) -> None:
    async def lack(tab: Tab) -> None:
        await tab.ask("delete window.DecompressionStream")
        await tab.ask(OPEN_FIRST)
        await tab.until("document.querySelector('.session').innerText.includes('cannot unpack')")

    look(page, lack)


def test_every_choice_draws(page: Path) -> None:
    async def turn(tab: Tab) -> None:
        await tab.ask(
            "document.querySelectorAll('select').forEach((select) => { for (const one of "
            "select.options) { select.value = one.value; select.dispatchEvent(new Event('change')); } })"
        )
        assert await tab.ask("document.querySelectorAll('#differences .dot').length") > 0

    look(page, turn)
