"""The limiter: first come first served, halves once per burst, recovers, survives cancellation."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from agents.models.limiter import Limiter, Verdict


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_first_come_first_served() -> None:
    async def play() -> list[int]:
        limiter, order = Limiter(1), []

        async def work(number: int) -> None:
            ticket = await limiter.acquire()
            order.append(number)
            await asyncio.sleep(0)
            limiter.release(ticket, Verdict.SERVED)

        await asyncio.gather(*[work(number) for number in range(20)])
        assert (limiter.in_flight, limiter.waiting) == (0, 0)
        return order

    assert asyncio.run(play()) == list(range(20))


def test_a_burst_of_overloads_halves_once() -> None:
    async def play() -> None:
        limiter = Limiter(64)
        tickets = [await limiter.acquire() for _ in range(64)]
        for ticket in tickets:
            limiter.release(ticket, Verdict.OVERLOADED)
        assert limiter.limit == 32
        limiter.release(await limiter.acquire(), Verdict.OVERLOADED)
        assert limiter.limit == 16

    asyncio.run(play())


def test_never_below_one_nor_above_the_ceiling_and_it_recovers() -> None:
    async def play() -> None:
        limiter = Limiter(8)
        for _ in range(10):
            limiter.release(await limiter.acquire(), Verdict.OVERLOADED)
        assert limiter.limit == 1
        for _ in range(3):
            limiter.release(await limiter.acquire(), Verdict.SERVED)
        assert limiter.limit == 4, "one more per call"
        for _ in range(10):
            limiter.release(await limiter.acquire(), Verdict.SERVED)
        assert limiter.limit == 8

    asyncio.run(play())


def test_other_faults_change_nothing() -> None:
    async def play() -> None:
        limiter = Limiter(8)
        limiter.release(await limiter.acquire(), Verdict.UNKNOWN)
        assert (limiter.limit, limiter.in_flight) == (8, 0)

    asyncio.run(play())


def test_cancelled_before_and_after_the_slot_was_handed_over() -> None:
    async def play() -> None:
        limiter = Limiter(1)
        held = await limiter.acquire()
        waiters = [asyncio.create_task(limiter.acquire()) for _ in range(3)]
        await _settle()
        waiters[0].cancel()  # still waiting
        await _settle()
        limiter.release(held, Verdict.SERVED)  # hands the slot to the second
        waiters[1].cancel()  # before it could run
        await _settle()
        assert waiters[2].done()
        assert not waiters[2].cancelled()
        assert (limiter.in_flight, limiter.waiting) == (1, 0)

    asyncio.run(play())


@given(
    st.integers(1, 6),
    st.lists(st.tuples(st.sampled_from(list(Verdict)), st.booleans()), max_size=60),
)
def test_slots_are_never_lost_nor_doubled(ceiling: int, plan: list[tuple[Verdict, bool]]) -> None:
    async def play() -> None:
        limiter, running = Limiter(ceiling), 0

        async def work(verdict: Verdict) -> None:
            nonlocal running
            ticket = await limiter.acquire()
            running += 1
            try:
                assert running == limiter.in_flight <= ceiling
                await asyncio.sleep(0)
            finally:
                running -= 1
                limiter.release(ticket, verdict)

        tasks = []
        for verdict, cancelled in plan:
            tasks.append(asyncio.create_task(work(verdict)))
            await asyncio.sleep(0)
            if cancelled:
                tasks[len(tasks) // 2].cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert not [r for r in results if isinstance(r, AssertionError)]
        assert (limiter.in_flight, limiter.waiting) == (0, 0)
        assert 1 <= limiter.limit <= ceiling

    asyncio.run(play())
