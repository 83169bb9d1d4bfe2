"""What a prefix cache can reuse: how much of each request repeats the one before of the same role.

    .venv/bin/python -m benchmarks.prefix

Sessions of each protocol are played through the fake server, one at a time, all voices LLM voices;
the requests are those that it received. A request is compared with the one before of the same role
in the episode, token by token from the start; the first of an episode counts as wholly new in
"all". Beside it the baseline: the same requests with the changing instruction in the system text,
where many programs put it.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator

from agents.llm.counselors.protocols import build_model_counselor
from agents.models.caller import Caller
from agents.models.pool import close_pools
from graphs.session import play
from graphs.state import Limits
from personas.builtin import load_builtin
from personas.schema import Risk
from tests.fake.brain import answer
from tests.fake.company import hire
from tests.fake.log import Entry, RequestLog
from tests.fake.server import FakeServer
from tests.fake.tokens import count_tokens, shared_chars

PROTOCOLS = ("plain", "cactus", "crdial")
EPISODES = 12
LIMITS = Limits(max_exchanges=20)
TARGETS = {"counselor": 0.90, "client": 0.90, "judge": 0.80}
Messages = list[dict[str, str]]


async def collect(protocol: str) -> list[list[Entry]]:
    """The log of each episode of a protocol."""
    server = FakeServer(answer, log=RequestLog(keep_requests=True))
    people = [persona for persona in load_builtin("en") if persona.risk is Risk.NONE]
    episodes = []
    async with server:
        caller = Caller(server.endpoint())
        counselor = build_model_counselor(protocol, caller, "en", protocol)
        for seed, persona in enumerate(people[:EPISODES]):
            seen = len(server.log.entries)
            await play(persona, counselor, seed=seed, company=hire(caller), limits=LIMITS)
            episodes.append(server.log.entries[seen:])
        await close_pools()
    return episodes


def write_plain(messages: Messages) -> str:
    """The request as one text, as a chat template would write it."""
    return "".join(f"<|{m['role']}|>\n{m['content']}\n" for m in messages)


def write_top(messages: Messages) -> str:
    """The same with what stands last, the note or question, at the end of the system text."""
    *rest, last = messages
    body, _, instruction = last["content"].rpartition("\n\n")
    if not body:
        return write_plain(messages)
    system = {**rest[0], "content": f"{rest[0]['content']}\n\n{instruction}"}
    return write_plain([system, *rest[1:], {**last, "content": body}])


def measure(texts: list[str]) -> Iterator[tuple[int, int]]:
    """Tokens of each request, and those that repeat the one before."""
    before = ""
    for text in texts:
        yield count_tokens(text), count_tokens(text[: shared_chars(text, before)])
        before = text


def share(pairs: list[tuple[int, int]]) -> float:
    """The repeated share of all tokens."""
    return sum(repeated for _, repeated in pairs) / max(1, sum(tokens for tokens, _ in pairs))


def print_role(protocol: str, role: str, talks: list[list[Messages]]) -> None:
    """Print one role of a protocol, over all its episodes."""
    ours = [list(measure([write_plain(m) for m in talk])) for talk in talks]
    later = [pair for episode in ours for pair in episode[1:]]
    whole = [pair for episode in ours for pair in episode]
    top = [p for talk in talks for p in list(measure([write_top(m) for m in talk]))[1:]]
    mean = sum(tokens for tokens, _ in whole) / len(whole)
    found, base = share(later), share(top)
    target = TARGETS.get(role)
    mark = "" if target is None else f"  {'reaches' if found >= target else 'MISSES'} {target:.0%}"
    row = (
        f"{protocol:8}  {role:10}  {len(whole):8}  {mean:6.0f}  {found:10.1%}  {share(whole):6.1%}"
    )
    print(f"{row}  {base:8.1%}  {found / max(base, 0.001):5.1f} x{mark}")


async def run() -> None:
    """Play, compare, print."""
    print("protocol  role        requests  tokens  repeated  all     baseline  ratio")
    for protocol in PROTOCOLS:
        by_role: dict[str, list[list[Messages]]] = defaultdict(list)
        for entries in await collect(protocol):
            talks: dict[str, list[Messages]] = defaultdict(list)
            for entry in entries:
                assert entry.request
                talks[entry.role].append(entry.request["messages"])
            for role, talk in talks.items():
                by_role[role].append(talk)
        for role, found in by_role.items():
            print_role(protocol, role, found)


if __name__ == "__main__":
    asyncio.run(run())
