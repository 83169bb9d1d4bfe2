"""Runs that are hit: failing calls, `kill -9`. The whole trials stand in benchmarks/survival.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.survival import Size, go_through_chaos, survive_kills


@pytest.mark.slow
def test_with_a_fifth_of_the_calls_failing_every_episode_is_done_or_failed(tmp_path: Path) -> None:
    chaos = go_through_chaos(Size(clients=2, seeds=1, timeout_s=1.0), tmp_path, share=0.2)
    assert chaos.planned == chaos.done + chaos.failed == 4
    assert chaos.failed == chaos.reasons.total()
    assert chaos.faults > 20
    assert chaos.zeros_for_missing == 0


@pytest.mark.slow
def test_killed_runs_lose_nothing_and_pay_nothing_twice(tmp_path: Path) -> None:
    survived = survive_kills(Size(clients=3, seeds=1, concurrency=4), kills=3, folder=tmp_path)
    assert survived.same_episodes
    assert survived.doubled == 0
    assert survived.paid_twice == 0
