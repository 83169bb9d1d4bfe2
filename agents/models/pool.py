"""The pool: what all callers of one endpoint share in a process: its connections and its slots."""

from __future__ import annotations

from asyncio import AbstractEventLoop, get_running_loop
from collections.abc import AsyncIterator
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from aiohttp import ClientSession, DummyCookieJar, TCPConnector

from agents.models.endpoint import is_loopback
from agents.models.limiter import Limiter

# uvicorn, and so vLLM, drops a connection that was idle for 5 s; a request on its way just then
# would be lost.
KEEPALIVE_S = 4.0
DNS_S = 300


class Pool:
    """Connections and slots of one endpoint, on one event loop."""

    def __init__(self, base_url: str, concurrency: int) -> None:
        self.limiter = Limiter(concurrency)
        self.contacted = False
        """Whether the endpoint ever answered, with whatever status."""
        self.served = False
        """Whether the endpoint ever served a call."""
        self._base_url = base_url
        self._concurrency = concurrency
        self._session: ClientSession | None = None
        self._closer: AsyncIterator[None] | None = None

    async def open(self) -> ClientSession:
        """The one session; opened at first use, closed by `close_pools` or with the event loop."""
        if self._session is None:
            connector = TCPConnector(
                limit=self._concurrency,
                limit_per_host=0,
                ttl_dns_cache=DNS_S,
                keepalive_timeout=KEEPALIVE_S,
            )
            self._session = ClientSession(
                connector=connector,
                cookie_jar=DummyCookieJar(),
                proxy=_find_proxy(self._base_url),
            )
            # asyncio.run() finishes the async generators that were begun: the session is closed
            # even where nobody thinks of it.
            self._closer = _close_at_end(self._session)
            await anext(self._closer)
        return self._session

    async def close(self) -> None:
        """Close the session; the pool opens a new one if it is used again."""
        session, self._session, self._closer = self._session, None, None
        if session is not None:
            await session.close()


_pools: dict[tuple[AbstractEventLoop, str, str, int], Pool] = {}


def pool_of(base_url: str, model: str, concurrency: int) -> Pool:
    """The pool of an endpoint on the running event loop, made at first use."""
    loop = get_running_loop()
    key = (loop, base_url.rstrip("/"), model, concurrency)
    pool = _pools.get(key)
    if pool is None:
        for dead in [other for other in list(_pools) if other[0].is_closed()]:
            _pools.pop(dead, None)
        pool = _pools[key] = Pool(base_url, concurrency)
    return pool


async def close_pools() -> None:
    """Close the connections of the running event loop; optional under `asyncio.run`."""
    loop = get_running_loop()
    for key in [key for key in list(_pools) if key[0] is loop]:
        await _pools.pop(key).close()


async def _close_at_end(session: ClientSession) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await session.close()


def _find_proxy(base_url: str) -> str | None:
    """The proxy that the environment sets for an address; never one for the machine itself."""
    parts = urlsplit(base_url)
    if is_loopback(base_url) or proxy_bypass(parts.hostname or ""):
        return None
    proxies = getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")
