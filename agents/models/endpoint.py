"""An endpoint: where a model answers, under which name, how much at once, and at what price."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, JsonValue, SecretStr, field_validator

from agents.models.family import infer_family
from personas.errors import InputError, shorten, suggest

PROVIDERS = ("openai",)
LOCAL: Literal["local"] = "local"
OPENAI_URL = "https://api.openai.com/v1"
NO_KEY = "none"  # what an endpoint without keys is sent; the OpenAI client insists on something


class Endpoint(BaseModel):
    """One OpenAI-compatible endpoint and how to use it; the TOML table `[models.NAME]`.

    It names the environment variable of the key and never holds the key itself. With the provider
    `local` it is a checkpoint in this process, and only `model`, `temperature` and `draw` count.
    """

    # A key pasted into the wrong field must not come back in the error text.
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    provider: Literal["openai", "local"] = "openai"
    """The interface it speaks; `openai` covers OpenAI, vLLM, SGLang, llama.cpp and others."""
    base_url: str = OPENAI_URL
    """Address up to and including `/v1`, without user, password or query."""
    model: str = Field(min_length=1)
    """The model's name at the endpoint; of a `local` one the checkpoint's folder."""
    api_key_env: str = "OPENAI_API_KEY"
    """The environment variable that holds the key; a loopback address needs none."""
    concurrency: int = Field(default=64, ge=1)
    """Calls in flight at most, per process."""
    temperature: float | None = Field(default=None, ge=0)
    """Sampling temperature; the endpoint's own default if left out, 0 for a `local` one."""
    draw: int = Field(default=0, ge=0)
    """Other samples of the same requests: every call's seed is moved on so many times."""
    max_tokens: int | None = Field(default=None, ge=1)
    """Tokens per reply at most."""
    seed: int | None = None
    """Sampling seed of calls that bring none of their own."""
    timeout_s: float = Field(default=120.0, gt=0)
    """Seconds one request may take."""
    stock: bool = False
    """Call through LangChain's own `ChatOpenAI`: same results, many times the CPU."""
    extra_body: dict[str, JsonValue] = {}
    """More fields for the request body, as the server defines them."""
    family: str = ""
    """Family (gpt, qwen, llama, …), to warn of judges that are related; by the name if left out."""
    logprobs: bool = False
    """The endpoint tells log-probabilities: a rating becomes their expectation, from one call."""
    price_prompt: float | None = Field(default=None, ge=0)
    """Price of a million uncached prompt tokens."""
    price_cached: float | None = Field(default=None, ge=0)
    """Price of a million cached prompt tokens; `price_prompt` if left out."""
    price_completion: float | None = Field(default=None, ge=0)
    """Price of a million completion tokens."""

    @field_validator("base_url")
    @classmethod
    def _check_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("give a full address such as http://localhost:8000/v1")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("no user, password, query or fragment here; keys go in api_key_env")
        return value.rstrip("/")

    @field_validator("api_key_env")
    @classmethod
    def _check_variable(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", value):
            raise ValueError("the NAME of an environment variable, in capitals; never the key")
        return value

    @property
    def name(self) -> str:
        """`model at base_url`, for messages."""
        return f"{self.model} at {self.base_url}"

    @property
    def kin(self) -> str:
        """The family, declared or as far as the name tells it."""
        return self.family.lower() or infer_family(self.model)

    def read_key(self) -> SecretStr:
        """Read the key from the environment; a placeholder for a loopback address without one.

        Raises InputError naming the variable if there is no key and one is needed.
        """
        key = os.environ.get(self.api_key_env, "").strip()
        if not key and not is_loopback(self.base_url):
            raise InputError(
                f"no key for {self.name}: the variable {self.api_key_env} is not set",
                todo=f"export {self.api_key_env}=…, or set api_key_env to another variable",
            )
        return SecretStr(key or NO_KEY)

    def cost(self, prompt: int, cached: int, completion: int) -> float | None:
        """Price of a call in the currency of the prices; None if a needed price is unknown.

        `prompt` counts all prompt tokens, the `cached` ones among them.
        """
        if self.price_prompt is None or self.price_completion is None:
            return None
        price_cached = self.price_prompt if self.price_cached is None else self.price_cached
        uncached = max(prompt - cached, 0)
        total = uncached * self.price_prompt + cached * price_cached
        return (total + completion * self.price_completion) / 1e6


def is_loopback(base_url: str) -> bool:
    """Whether an address is this machine's own; it needs no key and no proxy."""
    host = urlsplit(base_url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def parse_spec(spec: str, endpoints: Mapping[str, Endpoint]) -> Endpoint:
    """Find the endpoint that `spec` means: `provider:model`, or a name in `endpoints`.

    Raises InputError on an unknown name or provider and on a key that is missing.
    """
    endpoint = endpoints.get(spec) or _parse_provider(spec, endpoints)
    if endpoint.provider != LOCAL:
        endpoint.read_key()
    return endpoint


def _parse_provider(spec: str, endpoints: Mapping[str, Endpoint]) -> Endpoint:
    provider, colon, model = spec.partition(":")
    if not colon:
        todo = suggest(spec, endpoints) or "write openai:MODEL, or add a table [models.NAME]"
        raise InputError(f"unknown model {shorten(spec)}", todo=todo)
    if provider not in PROVIDERS:
        todo = suggest(provider, PROVIDERS) or f"providers are: {', '.join(PROVIDERS)}"
        raise InputError(f"unknown provider {shorten(provider)} in {shorten(spec)}", todo=todo)
    if not model:
        raise InputError(f"no model in {spec!r}", todo="write openai:MODEL")
    return Endpoint(model=model, base_url=_default_url())


def _default_url() -> str:
    """The address that LangChain would take, too."""
    return os.environ.get("OPENAI_API_BASE") or os.environ.get("OPENAI_BASE_URL") or OPENAI_URL
