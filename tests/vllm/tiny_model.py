"""Makes a tiny chat model on the spot: random weights, a tokenizer of its own, a chat template.

Run by the Python of the vLLM environment (`python tests/vllm/tiny_model.py FOLDER`), imported where
transformers is installed. Its words mean nothing, but it ends sentences and JSON strings about as
often as a person would, so that whole sessions can be played with it.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

ROOT = Path(__file__).parents[2]
TEXTS = ("agents/phrases", "agents/prompts", "personas/catalogue")
PAD, START, END = "<|pad|>", "<|im_start|>", "<|im_end|>"
VOCABULARY = 2048
CONTEXT = 8192
SEED = 20
# How much likelier than other tokens the end of a turn and the end of a JSON string are.
LIFTS = {END: 60.0, '"': 15.0}
TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def make_tiny_model(folder: Path) -> None:
    """Write checkpoint, tokenizer and chat template; equal on every call."""
    tokenizer = train_tokenizer()
    model = build_model(tokenizer)
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)


def train_tokenizer() -> PreTrainedTokenizerFast:
    """Train a byte-level BPE tokenizer on the repository's own texts."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[PAD, START, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(iter_texts(), trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token=PAD, eos_token=END)
    fast.chat_template = TEMPLATE
    return fast


def iter_texts() -> Iterator[str]:
    """Yield the texts to learn from."""
    for folder in TEXTS:
        for path in sorted((ROOT / folder).rglob("*.t*")):
            yield path.read_text(encoding="utf-8")


def build_model(tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """Build a two-layer Llama with fixed random weights and the lifts in them."""
    torch.manual_seed(SEED)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=False,
        initializer_range=0.1,  # wide enough for the words to depend on what was said before
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = LlamaForCausalLM(config)
    _lift(model, tokenizer)
    return model


@torch.no_grad()
def _lift(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast) -> None:
    """Make some tokens likelier: one hidden dimension is the same everywhere, and only they read it."""
    model.model.embed_tokens.weight[:, 0] = 3.0
    for layer in model.model.layers:
        layer.self_attn.o_proj.weight[0] = 0.0
        layer.mlp.down_proj.weight[0] = 0.0
    model.lm_head.weight[:, 0] = 0.0
    for token, lift in LIFTS.items():
        model.lm_head.weight[tokenizer.convert_tokens_to_ids(token), 0] = math.log(lift)


if __name__ == "__main__":
    make_tiny_model(Path(sys.argv[1]))
