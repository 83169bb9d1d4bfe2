#!/usr/bin/env bash
# The whole training path on a machine with a GPU: an environment, the ladder for two shapes, SFT
# and DPO, all weights and LoRA, then the tests with a GPU in sight. The tables go to $1.
set -euo pipefail
cd "$(dirname "$0")/.."
table=${1:-docs/gpu-training.md}
python3 -m venv .venv-gpu
.venv-gpu/bin/pip install -q -e ".[train]" pytest liger-kernel bitsandbytes -c constraints.txt
{
  echo "# Training on a GPU, measured"
  echo
  echo "\`benchmarks/gpu_train.sh\`, $(date -u +%F), $(nvidia-smi --query-gpu=name --format=csv,noheader)"
  for kind in sft dpo; do
    for method in full lora; do
      for shape in qwen3-0.6b llama3-8b; do
        batch=8; [ "$shape" = llama3-8b ] && batch=2
        echo
        .venv-gpu/bin/python -m benchmarks.train --shape "$shape" --kind "$kind" --method "$method" --batch "$batch"
      done
    done
  done
} | tee "$table"
.venv-gpu/bin/pytest -m train tests/training
