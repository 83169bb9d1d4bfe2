"""Real models: endpoints by spec, the fast chat model, limits, faults and retries.

Nothing is imported here: `langchain_openai` and `aiohttp` cost only those who call a model.
"""
