"""How fast a training is: tokens a second, and what share of the device's arithmetic that is."""

from __future__ import annotations

from sim.training.config import TrainConfig
from sim.training.forecast import Size

CONVENTION = (
    "MFU as in PaLM (arXiv 2204.02311): 6 operations per parameter and token (4 where only an "
    "adapter is trained), embeddings that are only looked up left out, and 12 · layers · width · "
    "row length for the attention; recomputed activations do not count; of the device's dense "
    "16 bit peak"
)
PEAKS = {  # operations a second, dense bfloat16, as the makers state them
    "H200": 989e12,
    "H100 PCIe": 756e12,
    "H100": 989e12,
    "A100": 312e12,
    "L40S": 362e12,
    "L4": 121e12,
    "A10": 125e12,
    "4090": 165e12,
    "3090": 71e12,
}


def find_peak() -> float | None:
    """Return the peak of the GPU here, None on a CPU or for a GPU that is not listed."""
    import torch

    if not torch.cuda.is_available():
        return None
    name = torch.cuda.get_device_name()
    return next((peak for part, peak in PEAKS.items() if part in name), None)


def count_operations(config: TrainConfig, size: Size) -> float:
    """Return the operations that a trained token takes, by the convention above."""
    per_weight = 6 if config.method == "full" else 4
    attention = 12 * size.layers * size.width * config.max_length
    return per_weight * (size.parameters - size.looked_up) + attention * per_weight / 6
