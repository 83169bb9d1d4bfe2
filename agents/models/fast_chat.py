"""The chat model of the hot path: a `ChatOpenAI` to everyone, over one aiohttp pool.

The OpenAI client walks every message of every request; over a growing transcript that is most of
a simulator's CPU. Here the payload that `ChatOpenAI` builds is posted as bytes, and the reply goes
through the same constructors as in the stock class, so that results are equal field by field.
"""

from __future__ import annotations

import inspect
import re
from functools import lru_cache
from typing import Any, NoReturn, TypeGuard

import httpx2
import openai
import orjson
from aiohttp import ClientError, ClientResponse, ClientResponseError, ClientTimeout
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.outputs import ChatResult
from langchain_openai import ChatOpenAI
from langchain_openai.chat_models.base import (
    _handle_openai_api_error,
    _handle_openai_bad_request,
)
from openai._models import construct_type
from openai.lib._parsing._completions import (
    parse_chat_completion,
    type_to_response_format_param,
    validate_input_tools,
)
from openai.types.chat import ChatCompletion
from pydantic import PrivateAttr, SecretStr, ValidationError

from agents.models.endpoint import NO_KEY, Endpoint
from agents.models.pool import pool_of

CONNECT_S = 20.0
# What the OpenAI client takes as arguments of the call rather than fields of the body.
CALL_OPTIONS = ("extra_headers", "extra_query", "timeout")
# Fields of the model that change how a request travels; with one of them set the parent sends it.
TRANSPORT_FIELDS = (
    "http_async_client",
    "openai_proxy",
    "default_query",
    "include_response_headers",
)
ROLES: dict[type, str] = {
    SystemMessage: "system",
    HumanMessage: "user",
    AIMessage: "assistant",
}
UNSENT = {"refusal", "parsed"}  # what a reply carries along that is not sent back
O_SERIES = re.compile(r"o\d")


class FastChatOpenAI(ChatOpenAI):
    """A `ChatOpenAI` whose async, non-streaming calls cost a fraction of the CPU.

    Streaming, sync calls, the Responses API, custom clients and per-call headers or timeouts take
    the stock path. It does not retry by itself (`max_retries` counts on the stock path only):
    `Caller` does. Raises what the stock class raises, with the key cut out of the text.
    """

    concurrency: int = 64
    """Connections of the pool, which all models of one address and name share per event loop."""

    _url: str = PrivateAttr("")
    _headers: dict[str, str] = PrivateAttr(default_factory=dict)
    _timeout: ClientTimeout = PrivateAttr(default_factory=ClientTimeout)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        payload = self._get_request_payload(messages, stop=stop, **kwargs)
        body = self._encode(payload) if self._is_fast(payload) else None
        if body is None:
            return await super()._agenerate(messages, stop, run_manager, **kwargs)
        try:
            return self._read_result(await self._post(body), payload)
        except openai.BadRequestError as error:
            _handle_openai_bad_request(error)
            raise  # never reached, as below
        except openai.APIError as error:
            _handle_openai_api_error(error)
            raise  # never reached: the line above always raises

    def _get_request_payload(
        self, input_: LanguageModelInput, *, stop: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """The parent's payload; plain text messages skip its walk over every character."""
        plain = _describe_plain(input_) if isinstance(input_, list) else None
        if plain is None or O_SERIES.match(self.model_name):  # those models rename roles
            return super()._get_request_payload(input_, stop=stop, **kwargs)
        payload = super()._get_request_payload([], stop=stop, **kwargs)
        if "messages" not in payload:  # the Responses API has another shape
            return super()._get_request_payload(input_, stop=stop, **kwargs)
        payload["messages"] = plain
        return payload

    def _is_fast(self, payload: dict[str, Any]) -> bool:
        return (
            isinstance(self.openai_api_key, SecretStr)
            and isinstance(self.request_timeout, float | int | None)
            and not any(option in payload for option in CALL_OPTIONS)
            and not any(getattr(self, field, None) for field in TRANSPORT_FIELDS)
            and not self._uses_gateway
            and not self._use_responses_api(payload)
        )

    def _encode(self, payload: dict[str, Any]) -> bytes | None:
        """The request's bytes; None if only the stock path can write them."""
        body = dict(payload)
        if (wanted := body.get("response_format")) is not None:
            body["response_format"] = _describe_format(wanted)
            validate_input_tools(body.get("tools") or openai.omit)
        body.update(body.pop("extra_body", None) or {})
        try:
            return orjson.dumps(body)
        except TypeError:
            return None

    async def _post(self, body: bytes) -> bytes | str:
        """Post and read: bytes of JSON, or text that is something else."""
        if not self._url:
            self._prepare()
        pool = pool_of(str(self.root_async_client.base_url), self.model_name, self.concurrency)
        session = await pool.open()
        failure: openai.APIError
        try:
            async with session.post(
                self._url, data=body, headers=self._headers, timeout=self._timeout
            ) as response:
                content = await response.read()
        except TimeoutError:
            failure = openai.APITimeoutError(request=self._request())
        except (ClientError, OSError) as error:
            failure = self._describe_cut(error)
        else:
            return self._check(response, content)
        raise failure  # outside of the handler: aiohttp's own errors can hold request headers

    def _check(self, response: ClientResponse, content: bytes) -> bytes | str:
        if response.status >= 300:
            self._raise_status(response, content)
        if response.content_type.endswith("json") or _is_json(content):
            return content
        return content.decode(errors="replace")

    def _describe_cut(self, error: Exception) -> openai.APIConnectionError:
        name = type(error).__name__
        cut = openai.APIConnectionError(
            message=f"Connection error ({name}).", request=self._request()
        )
        if not isinstance(error, ClientResponseError):  # that one holds the request's headers
            cut.__cause__ = error
        return cut

    def _prepare(self) -> None:
        client = self.root_async_client
        headers = {**client.auth_headers, **client.default_headers}
        self._headers = {
            name: value
            for name, value in headers.items()
            if isinstance(value, str) and not name.startswith("X-Stainless")
        }
        limit = self.request_timeout
        total = float(limit) if isinstance(limit, float | int) else None
        self._timeout = ClientTimeout(total=total, sock_connect=CONNECT_S)
        self._url = f"{client.base_url}chat/completions"

    def _request(self) -> httpx2.Request:
        """The request for an error to hold: without body and headers, and so without the key."""
        return httpx2.Request("POST", self._url)

    def _raise_status(self, response: ClientResponse, content: bytes) -> NoReturn:
        key = self.root_async_client.api_key
        if key and key != NO_KEY:
            content = content.replace(key.encode(), b"***")
        headers = {
            name: value
            for name, value in response.headers.items()
            if name.lower() not in ("content-encoding", "content-length", "transfer-encoding")
        }
        answer = httpx2.Response(
            response.status, headers=headers, content=content, request=self._request()
        )
        raise self.root_async_client._make_status_error_from_response(answer) from None

    def _read_result(self, content: bytes | str, payload: dict[str, Any]) -> ChatResult:
        value: Any = content  # text that is not JSON: _create_chat_result raises on it
        if isinstance(content, bytes):
            value = _read_completion(content)
        if payload.get("response_format") is not None and _has_choices(value):
            value = parse_chat_completion(
                response_format=payload["response_format"],
                input_tools=payload.get("tools") or openai.omit,
                chat_completion=value,
            )
        return self._create_chat_result(value)


# LangChain inspects this method's signature at every call; written down, that costs a third.
FastChatOpenAI._agenerate.__signature__ = inspect.signature(  # type: ignore[attr-defined]
    FastChatOpenAI._agenerate
)


def build_chat(endpoint: Endpoint, *, stock: bool = False) -> ChatOpenAI:
    """Build the chat model of an endpoint: the fast one, or the `stock` one.

    Neither retries by itself. Raises InputError if the endpoint needs a key and has none.
    """
    options: dict[str, Any] = {
        "model": endpoint.model,
        "base_url": endpoint.base_url,
        "api_key": endpoint.read_key(),
        "temperature": endpoint.temperature,
        "max_tokens": endpoint.max_tokens,
        "seed": endpoint.seed,
        "timeout": endpoint.timeout_s,
        "extra_body": endpoint.extra_body or None,
        "max_retries": 0,
        "use_responses_api": False,
    }
    if stock:
        # A client of its own: the one LangChain shares between models dies with its event loop.
        client = openai.DefaultAsyncHttpxClient(timeout=endpoint.timeout_s)
        return ChatOpenAI(**options, http_async_client=client)
    return FastChatOpenAI(**options, concurrency=endpoint.concurrency)


def _read_completion(content: bytes) -> Any:
    """What the OpenAI client makes of a body; one pass in Rust where the body is by the book."""
    try:
        return ChatCompletion.model_validate_json(content, strict=True)
    except ValidationError:
        return construct_type(type_=ChatCompletion, value=orjson.loads(content))


def _describe_plain(messages: list[Any]) -> list[dict[str, str]] | None:
    """The messages as dicts if all are plain text with nothing to translate; else None."""
    dicts = []
    for message in messages:
        role = ROLES.get(type(message))
        if role is None or type(message.content) is not str or message.name is not None:
            return None
        if not message.additional_kwargs.keys() <= UNSENT:
            return None
        if role == "assistant" and (message.tool_calls or message.invalid_tool_calls):
            return None
        dicts.append({"content": message.content, "role": role})
    return dicts


def _describe_format(wanted: Any) -> Any:
    return _describe_type(wanted) if isinstance(wanted, type) else wanted


@lru_cache(maxsize=256)
def _describe_type(wanted: type) -> Any:
    return type_to_response_format_param(wanted)


def _has_choices(completion: object) -> TypeGuard[ChatCompletion]:
    return isinstance(completion, ChatCompletion) and bool(getattr(completion, "choices", None))


def _is_json(content: bytes) -> bool:
    try:
        orjson.loads(content)
    except orjson.JSONDecodeError:
        return False
    return True
