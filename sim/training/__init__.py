"""Training a local counselor on played sessions: the verb `finetune`, on TRL.

Only `sim.cli` comes here, and torch, transformers, TRL and PEFT are imported inside functions, so
that a run without training never loads them.
"""
