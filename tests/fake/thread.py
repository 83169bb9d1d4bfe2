"""The fake server on an event loop of its own in a thread, for tests that play runs in this process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.fake.server import FakeServer


@contextmanager
def run_in_thread(server: FakeServer) -> Iterator[FakeServer]:
    """Serve while inside; `server.url` is known on entry, `server.log` is whole on exit."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
        yield server
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
