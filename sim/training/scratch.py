"""A model from nothing: a tokenizer learned from the corpus, and a small decoder of that vocabulary.

The chat template shows the model the last paragraph of the system text only, which is the public
intake: the rest is the same in every session, so a small model learns it from the sessions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agents.llm.counselors.staged import STAGES
from agents.transcript import STRATEGY_ZH, Strategy
from sim.training.config import Scratch

END, PAD = "<|end|>", "<|pad|>"
ROLES = ("<|system|>", "<|user|>", "<|assistant|>")
TAGS = (
    *(f"<{stage}>" for stage in STAGES),
    *(f"[{strategy.value}]" for strategy in Strategy),
    *(f"[{name}]" for name in STRATEGY_ZH.values()),
    "[End]",
)
TEMPLATE = """\
{%- for message in messages -%}
{%- if message.role == 'assistant' -%}
<|assistant|>{% generation %}{{ message.content }}<|end|>{% endgeneration %}
{%- elif message.role == 'system' -%}
<|system|>{{ message.content.split('\\n\\n')[-1] }}<|end|>
{%- else -%}
<|user|>{{ message.content }}<|end|>
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}<|assistant|>{%- endif -%}
"""


def learn_tokenizer(texts: Iterable[str], vocab: int, context: int) -> Any:
    """Return a byte-level BPE tokenizer of `vocab` tokens, with the chat template.

    Steps and strategy tags are one token each, and stay in what is decoded.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bare = Tokenizer(models.BPE())
    bare.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(False)]
    )
    bare.decoder = decoders.ByteLevel()
    special = [PAD, END, *ROLES]
    trainer = trainers.BpeTrainer(
        vocab_size=vocab - len(TAGS),
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bare.train_from_iterator(texts, trainer)
    bare.add_tokens([AddedToken(tag, normalized=False) for tag in TAGS])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bare,
        eos_token=END,
        pad_token=PAD,
        model_max_length=context,
        clean_up_tokenization_spaces=False,
    )
    tokenizer.chat_template = TEMPLATE
    return tokenizer


def build_model(shape: Scratch, tokenizer: Any) -> Any:
    """Return a Llama-shaped decoder with random weights, in float32."""
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=shape.hidden,
        intermediate_size=shape.inner,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.heads,
        max_position_embeddings=shape.context,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return LlamaForCausalLM(config)
