"""LLM voices: the same protocols as the scripted speakers, the words found by a model."""
