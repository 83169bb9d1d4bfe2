"""Endpoints: specs, nearest names, missing keys, prices; the key is never kept."""

import pytest
from pydantic import ValidationError

from agents.models.endpoint import Endpoint, is_loopback, parse_spec
from personas.errors import InputError

LOCAL = Endpoint(base_url="http://localhost:8000/v1", model="qwen")


def test_provider_and_model_as_in_langchain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.delenv("OPENAI_API_BASE", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    endpoint = parse_spec("openai:gpt-4o-mini", {})
    assert (endpoint.model, endpoint.base_url) == ("gpt-4o-mini", "https://api.openai.com/v1")
    assert parse_spec("openai:ft:gpt:x", {}).model == "ft:gpt:x"


def test_a_name_from_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert parse_spec("qwen", {"qwen": LOCAL}) is LOCAL


@pytest.mark.parametrize(
    ("spec", "advice"),
    [
        ("qwem", "did you mean qwen?"),
        ("opnai:gpt", "did you mean openai?"),
        ("openai:", "openai:M"),
    ],
)
def test_unknown_names_get_the_nearest(spec: str, advice: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_spec(spec, {"qwen": LOCAL})
    assert advice in str(caught.value)


def test_a_missing_key_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MY_KEY", raising=False)
    remote = Endpoint(base_url="https://models.example/v1", model="m", api_key_env="MY_KEY")
    with pytest.raises(InputError, match="MY_KEY is not set"):
        parse_spec("remote", {"remote": remote})


@pytest.mark.parametrize("field", ["api_key_env", "base_url", "api_key", "provider"])
def test_a_key_in_the_wrong_field_is_not_echoed(field: str) -> None:
    value = "https://me:sk-planted-key@host/v1" if field == "base_url" else "sk-planted-key"
    with pytest.raises(ValidationError) as caught:
        Endpoint.model_validate({"model": "m", field: value})
    assert "planted" not in str(caught.value)


@pytest.mark.parametrize("url", ["localhost:8000/v1", "ftp://host/v1", "http://", "h"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ValidationError, match="full address"):
        Endpoint(base_url=url, model="m")


def test_loopback_addresses() -> None:
    local = ["http://localhost/v1", "http://127.0.0.1:1/v1", "http://[::1]:8000/v1"]
    assert all(is_loopback(url) for url in local)
    assert not any(is_loopback(url) for url in ["http://10.0.0.1/v1", "https://api.openai.com/v1"])


def test_cost_counts_cached_tokens_once() -> None:
    priced = Endpoint(model="m", price_prompt=2.0, price_cached=0.5, price_completion=10.0)
    assert priced.cost(1_000_000, 400_000, 100_000) == pytest.approx(1.2 + 0.2 + 1.0)
    assert Endpoint(model="m", price_prompt=1).cost(1, 0, 1) is None
