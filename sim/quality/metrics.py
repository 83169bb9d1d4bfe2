"""The verb `metrics`: answers held against references, their five parts, and what the corpus holds."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from sim.console import open_stdout
from sim.quality.metrics_tables import draw_metrics
from sim.quality.text_findings import Checkpoints, find_metrics


def metrics(
    predictions: Path, references: Path | None, checkpoints: Checkpoints, json_out: bool
) -> None:
    """Print the metrics of a file of answers, or one JSON object."""
    found = find_metrics(predictions, references, checkpoints)
    if json_out:
        head = {"predictions": str(predictions), "references": references and str(references)}
        json.dump({**head, **asdict(found)}, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    console = open_stdout()
    for part in draw_metrics(found, str(predictions)):
        console.print(part)
