"""Vectors for texts from an OpenAI-compatible endpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import openai
from langchain_openai import OpenAIEmbeddings

from agents.models.endpoint import Endpoint, parse_spec
from personas.errors import InputError


def embed(texts: Sequence[str], spec: str, endpoints: Mapping[str, Endpoint]) -> list[list[float]]:
    """Return a vector for each text. Raises InputError where the endpoint gives none."""
    endpoint = parse_spec(spec, endpoints)
    model = OpenAIEmbeddings(
        model=endpoint.model,
        openai_api_base=endpoint.base_url,
        openai_api_key=endpoint.read_key(),
        request_timeout=endpoint.timeout_s,
        check_embedding_ctx_length=False,  # other servers want texts, not OpenAI's tokens
    )
    try:
        return model.embed_documents(list(texts))
    except openai.OpenAIError as error:
        raise InputError(
            f"{endpoint.name} gives no embeddings: {type(error).__name__}", where="--embeddings"
        ) from None
