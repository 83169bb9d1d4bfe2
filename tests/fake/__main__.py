"""The fake server as a process: prints its address, then serves until it is ended.

python -m tests.fake --port 8199 --log requests.jsonl --latency 0.3 --slots 256 --faults 0.3
"""

from __future__ import annotations

import argparse
import asyncio
import resource
from pathlib import Path

from tests.fake.brain import answer
from tests.fake.faults import Fault, FaultPlan
from tests.fake.instant import answer_at_once
from tests.fake.log import RequestLog
from tests.fake.request import FORMATS
from tests.fake.server import FakeServer, Settings


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.fake", description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--port", type=int, default=0, help="0 takes any that is free")
    add("--log", type=Path, help="append a JSON line per request to this file")
    add("--keep-requests", action="store_true", help="with the request's body in it")
    add("--instant", action="store_true", help="fixed replies without thinking")
    add("--latency", type=float, default=0.0, metavar="S", help="seconds per reply")
    add("--slots", type=int, default=4096, help="requests served at the same time")
    add("--structured", choices=FORMATS, default="json_schema", help="highest form served")
    add("--faults", type=float, default=0.0, metavar="SHARE", help="of the requests, 0 to 1")
    add("--fault-kinds", default=",".join(Fault), metavar="A,B", help="default: %(default)s")
    add("--fault-seed", type=int, default=0)
    add("--hang", type=float, default=600.0, metavar="S", help="seconds a hanging request hangs")
    return parser.parse_args()


async def serve(options: argparse.Namespace) -> None:
    kinds = tuple(Fault(name) for name in options.fault_kinds.split(","))
    faults = FaultPlan(options.faults, kinds, options.fault_seed, hang_s=options.hang)
    settings = Settings(options.latency, options.slots, options.structured, faults)
    log = RequestLog(options.log, keep_requests=options.keep_requests)
    server = FakeServer(answer_at_once if options.instant else answer, settings, log)
    await server.start(options.port)
    print(server.url, flush=True)
    await asyncio.Event().wait()


def main() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(serve(read_options()))


if __name__ == "__main__":
    main()
