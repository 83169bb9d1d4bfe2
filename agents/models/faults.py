"""Faults: what went wrong with a model call, and whether another attempt can help.

A fault's text names the endpoint and what it said; the key is cut out of it.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

import aiohttp
import httpx2
import openai
from langchain_core.exceptions import ContextOverflowError
from pydantic import SecretStr

from agents.models.endpoint import NO_KEY, Endpoint
from agents.models.stop import StopRun
from agents.models.usage import Usage

DETAIL_CHARS = 300
# What the stock class and ours raise on a 200 that is no chat completion.
GARBAGE = (ValueError, LookupError, TypeError, AttributeError, openai.APIResponseValidationError)
UNREACHABLE = (aiohttp.ClientConnectorError, httpx2.ConnectError, socket.gaierror, ssl.SSLError)
CODES_NO_MONEY = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active")
CODES_FILTER = ("content_filter", "content management policy", "moderation", "flagged")
STATUS_RETRIED = (408, 409, 425, 429)
STATUS_PERMANENT = (401, 402, 403, 404, 405)


class Kind(StrEnum):
    """What a fault is; decides what is done about it."""

    TRANSIENT = "transient"
    """Rate limit, overload, timeout, cut connection: try again later."""
    PERMANENT = "permanent"
    """Wrong key, model or address: no call can succeed, so the run stops."""
    CONTENT_FILTER = "content_filter"
    """The provider withheld the reply; another sample may pass."""
    LENGTH = "length"
    """The reply hit its token limit."""
    GARBAGE = "garbage"
    """A reply that is empty or no chat completion."""
    REJECTED = "rejected"
    """This one request was refused, as too long for instance; only the episode fails."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What one failed attempt was."""

    kind: Kind
    detail: str
    """One line, at most 300 characters, without the key."""
    status: int | None = None
    retry_after_s: float | None = None
    overloaded: bool = False
    """Whether it says that the endpoint has too much to do: 429, 5xx or a timeout."""


class CallFault(Exception):  # noqa: N818 - a fault of the endpoint, not of our code
    """A model call failed for good; `kind` says why, `usage` what it cost all the same."""

    def __init__(self, message: str, diagnosis: Diagnosis, usage: Usage) -> None:
        super().__init__(message)
        self.diagnosis = diagnosis
        self.usage = usage

    @property
    def kind(self) -> Kind:
        """What the last attempt failed of."""
        return self.diagnosis.kind


class PermanentFault(CallFault, StopRun):
    """No call to this endpoint can succeed: stop the run and show the message."""


def make_fault(endpoint: Endpoint, diagnosis: Diagnosis, usage: Usage, *, role: str) -> CallFault:
    """Word the fault that ends a call."""
    count = "1 attempt" if usage.attempts == 1 else f"{usage.attempts} attempts"
    message = f"{endpoint.name} ({role}): {diagnosis.detail} [{diagnosis.kind}, {count}]"
    if diagnosis.kind is Kind.PERMANENT:
        advice = _advise(endpoint, diagnosis)
        return PermanentFault(f"{message}\n  {advice}", diagnosis, usage)
    return CallFault(message, diagnosis, usage)


def diagnose(
    error: Exception, *, key: SecretStr | None, contacted: bool, served: bool
) -> Diagnosis:
    """Say what an exception from a chat model means.

    `contacted`: the endpoint has answered before; `served`: it has served a call before. What
    looks permanent at first contact (refused connection, unknown host, a refused request) may be
    a passing fault or one request's own later.
    """
    detail = _redact(_describe(error), key)
    if isinstance(error, openai.LengthFinishReasonError):
        return Diagnosis(Kind.LENGTH, "the reply hit its token limit", 200)
    if isinstance(error, openai.ContentFilterFinishReasonError):
        return Diagnosis(Kind.CONTENT_FILTER, "the content filter withheld the reply", 200)
    if isinstance(error, ContextOverflowError):
        return Diagnosis(Kind.REJECTED, detail, getattr(error, "status_code", None))
    if isinstance(error, openai.APIStatusError):
        return _diagnose_status(error, detail, served)
    if isinstance(error, openai.APITimeoutError):
        return Diagnosis(Kind.TRANSIENT, "no reply in time", overloaded=True)
    if isinstance(error, openai.APIConnectionError):
        lost = not contacted and any(isinstance(link, UNREACHABLE) for link in _chain(error))
        return Diagnosis(Kind.PERMANENT if lost else Kind.TRANSIENT, detail)
    if isinstance(error, GARBAGE):
        wrong = not served and "<html" in str(error).lower()
        return Diagnosis(Kind.PERMANENT if wrong else Kind.GARBAGE, f"not a reply: {detail}", 200)
    raise error


def _diagnose_status(error: openai.APIStatusError, detail: str, served: bool) -> Diagnosis:
    status, text = error.status_code, str(error.body or error.message).lower()
    kind = _kind_of_status(status, text, served)
    overloaded = kind is Kind.TRANSIENT and (status == 429 or status >= 500)
    wait = parse_retry_after(error.response.headers, datetime.now(UTC))
    return Diagnosis(kind, f"HTTP {status}: {detail}", status, wait, overloaded)


def _kind_of_status(status: int, text: str, served: bool) -> Kind:
    if status in (400, 403) and any(code in text for code in CODES_FILTER):
        return Kind.CONTENT_FILTER
    if status in STATUS_PERMANENT or any(code in text for code in CODES_NO_MONEY):
        return Kind.PERMANENT
    if status >= 500 or status in STATUS_RETRIED:
        return Kind.TRANSIENT
    if status == 413 or "context length" in text or "context_length" in text:
        return Kind.REJECTED
    return Kind.REJECTED if served else Kind.PERMANENT


def parse_retry_after(headers: httpx2.Headers, now: datetime) -> float | None:
    """Read how many seconds (≥ 0) a reply asks to wait: `retry-after-ms`, seconds or HTTP date."""
    if re.fullmatch(r"\d+(\.\d+)?", milliseconds := headers.get("retry-after-ms", "").strip()):
        return float(milliseconds) / 1000
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max((when.replace(tzinfo=when.tzinfo or UTC) - now).total_seconds(), 0.0)


def _advise(endpoint: Endpoint, diagnosis: Diagnosis) -> str:
    if diagnosis.status in (401, 403):
        return f"check the key in {endpoint.api_key_env} and what it may use"
    if diagnosis.status == 404:
        return f"check that {endpoint.base_url} ends in /v1 and serves a model {endpoint.model!r}"
    if diagnosis.status in (402, 429):
        return "the account has no budget left"
    if diagnosis.status is None:
        return f"is a server running at {endpoint.base_url}?"
    return f"check the settings of this model and that {endpoint.base_url} is a chat endpoint"


def _describe(error: Exception) -> str:
    """The endpoint's own words on one line, or the exception's."""
    text = getattr(error, "message", None) or str(error) or type(error).__name__
    if isinstance(error, openai.APIConnectionError):
        text = "; ".join(str(link) for link in _chain(error))
    text = re.sub(r"^Error code: \d+ - ", "", str(text))  # the status is told beside it
    return " ".join(text.split())


def _redact(text: str, key: SecretStr | None) -> str:
    secret = key.get_secret_value() if key else ""
    if secret and secret != NO_KEY:
        text = text.replace(secret, "***")
    text = re.sub(r"(?i)bearer\s+\S+|\bsk-\S{6,}", "***", text)
    return text if len(text) <= DETAIL_CHARS else f"{text[: DETAIL_CHARS - 1]}…"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An exception, its cause, the cause's cause, …; each once."""
    link: BaseException | None = error
    seen: set[int] = set()
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__
