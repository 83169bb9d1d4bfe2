"""`counselgym finetune` where its extra is not installed; with it: tests/training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Call = Callable[..., object]


@pytest.mark.parametrize("kind", ["sft", "dpo"])
@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_a_missing_extra_is_named(
    call: Call, monkeypatch: pytest.MonkeyPatch, kind: str, dry: tuple[str, ...]
) -> None:
    import sim.extras

    monkeypatch.setattr(sim.extras, "find_spec", lambda name: None if name == "trl" else name)
    Path("train.toml").write_text('preset = "tiny"\ndata = "data"\nout = "out"\n')
    ended = call("finetune", kind, "train.toml", *dry)
    assert ended.code == 2
    assert "finetune needs trl" in " ".join(ended.err.split())
    assert 'pip install "counselgym[train]"' in ended.err
    assert not Path("out").exists()
