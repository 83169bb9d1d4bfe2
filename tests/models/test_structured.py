"""Structured output: what is found in a reply, and how a schema is asked for."""

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, Field

from agents.models.structured import Rung, ask_again, format_of, is_refusal, parse_reply, prompt_for


class Rating(BaseModel):
    item: str
    score: int = Field(ge=0, le=6)


GOOD = '{"item": "agenda", "score": 4}'


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"Sure!\n```json\n{GOOD}\n```\nAnything else?",
        f"<think>{{maybe 3?}} {{}}</think>{GOOD}",
        f'{{"item": "agenda", "score": 9}} no: {GOOD}',
        f"{{{{ {GOOD}",
        '{"item": "agenda",\n "score": 4, "why": "a\nb"}',
    ],
)
def test_the_first_object_that_fits_is_found(text: str) -> None:
    parsed, _ = parse_reply(text, Rating)
    assert parsed == Rating(item="agenda", score=4)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no JSON object"),
        ("4", "no JSON object"),
        ('{"item": "agenda", "score"', "no JSON object"),
        ('{"item": "agenda"}', "score: Field required"),
        ('{"item": "agenda", "score": 7}', "score: Input should be less than or equal to 6"),
        ("{" * 5000, "no JSON object"),
        ('{"a":' * 5000, "no JSON object"),
        (f'{{"item": "agenda", "score": {"7" * 5000}}}', "no JSON object"),
        (f'{{"item": "agenda", "score": {"7" * 5000}', "no JSON object"),
    ],
)
def test_what_does_not_fit_is_named(text: str, problem: str) -> None:
    parsed, said = parse_reply(text, Rating)
    assert parsed is None
    assert problem in said


def test_each_rung_asks_in_its_own_way() -> None:
    schema = format_of(Rating, Rung.JSON_SCHEMA)
    assert schema is not None
    assert schema["json_schema"]["schema"]["additionalProperties"] is False
    assert format_of(Rating, Rung.JSON_MODE) == {"type": "json_object"}
    assert format_of(Rating, Rung.TEXT) is None


def test_the_prompt_before_the_end_stays_as_it_was() -> None:
    talk = [SystemMessage("Judge."), HumanMessage("Rate it.")]
    assert prompt_for(talk, Rating, Rung.JSON_SCHEMA) == talk
    longer = prompt_for(talk, Rating, Rung.TEXT)
    assert longer[0] is talk[0]
    assert len(longer) == 2
    assert str(longer[1].content).startswith("Rate it.\n\nAnswer with one JSON object")
    assert talk[1].content == "Rate it."
    after_reply = prompt_for([*talk, AIMessage("x")], Rating, Rung.TEXT)
    assert [m.type for m in after_reply] == ["system", "human", "ai", "human"]
    again = ask_again(talk, "bad", "no object.")
    assert [m.type for m in again] == ["system", "human", "ai", "human"]


def test_only_a_refusal_of_the_format_steps_down() -> None:
    assert is_refusal(400, "'response_format' of type 'json_schema' is not supported")
    assert not is_refusal(400, "context length exceeded")
    assert not is_refusal(429, "response_format")
