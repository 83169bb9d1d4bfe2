"""Those who listen and judge: the scripted hearing, raters and screen on the request's transcript."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson

from agents.hearing.discourse import hear
from agents.transcript import Transcript
from evaluators.llm.person import load_words
from evaluators.pairwise import compare_by_rules
from evaluators.panas import round_halves
from evaluators.scale import Scale, load_scale
from evaluators.scripted.conduct import answer_by_rules, look_for_danger
from evaluators.scripted.ctrs import rate_ctrs
from evaluators.scripted.panas_observer import observe_part
from evaluators.scripted.safety import screen_client
from evaluators.verdict import Verdict
from personas.schema import Language, Risk
from tests.fake.reading import find_slots, read_material, read_materials, read_question
from tests.fake.request import ChatRequest


def appraise(request: ChatRequest, language: Language) -> str:
    """What the last counselor message does, in the moves that the schema knows."""
    heard = hear(read_material(request), language)
    known = _enum_of(request, "moves")
    moves = sorted(move for move in heard.moves if move in known)
    return _write({"moves": moves, "ask": heard.ask, "questions": heard.questions})


def _enum_of(request: ChatRequest, field: str) -> list[str]:
    schema = request.schema or {}
    return schema["properties"][field]["items"]["enum"]


def rate_item(request: ChatRequest, language: Language) -> str:
    """The scripted CTRS rating of the item in whole points; on other scales their mean, fitted in."""
    scale = _find_scale(request, "judge_scale", language)
    asked = find_slots("judge_scale_item", language, read_question(request)) or {}
    item = next(item for item in scale.items if item.name_in(language) == asked.get("name"))
    verdict = _rate(read_material(request), language)
    rating = next((r for r in verdict.ratings if r.item == item.id), verdict.ratings[0])
    score = rating.score if scale.base == "ctrs" else verdict.mean
    quotes = [{"n": piece.turn, "quote": piece.quote} for piece in rating.evidence]
    if score is not None:
        part = score / 6 * (scale.maximum - scale.minimum)
        score = round(score) if scale.base == "ctrs" else round(scale.minimum + part)
    return _write({"quotes": quotes, "reason": rating.note, "rating": score})


def answer_flow(request: ChatRequest, language: Language) -> str:
    """The scripted safety judge's answer."""
    scale = _find_scale(request, "judge_flow", language)
    asked = find_slots("judge_flow_item", language, read_question(request)) or {}
    item = next(item for item in scale.items if item.name_in(language) == asked.get("name"))
    rating = answer_by_rules(look_for_danger(read_material(request), language), item)
    quotes = [{"n": piece.turn, "quote": piece.quote} for piece in rating.evidence]
    said = None if rating.score is None else "yes" if rating.score else "no"
    return _write({"quotes": quotes, "reason": rating.note or "It was said.", "answer": said})


def prefer(request: ChatRequest, language: Language) -> str:
    """The scripted pairwise judge's choice between the two sessions."""
    first, second = read_materials(request)
    preference = compare_by_rules(first, second, language)
    return _write({"reason": preference.reason, "better": preference.choice or "tie"})


def _find_scale(request: ChatRequest, part: str, language: Language) -> Scale:
    name = (find_slots(part, language, request.system) or {}).get("name")
    scales = (load_scale(known) for known in ("ctrs", "wai12", "crisp", "cbt_qa", "safety"))
    return next(scale for scale in scales if scale.name_in(language) == name)


@lru_cache(maxsize=2048)
def _rate(transcript: Transcript, language: Language) -> Verdict:
    return rate_ctrs(transcript, language, 11)


def observe_mood(request: ChatRequest, language: Language) -> str:
    """The scripted observer's reading of the stretch that is asked about."""
    asked = find_slots("judge_panas_part", language, read_question(request)) or {}
    transcript = read_material(request)
    first, last = int(asked["first"]), int(asked["last"])
    part = [n for n in range(first, last + 1) if "client" in transcript[n].speaker]
    scores = observe_part(transcript, part, language, "after").scores
    return _write(_by_word(scores))


def report_mood(request: ChatRequest, language: Language) -> str:
    """PANAS answers that fit the mood which the question tells in words, item by item alike."""
    question, mood = read_question(request), load_words(language)["mood"]
    levels = {
        name: next((n for n, line in enumerate(lines) if line in question), 0) / len(lines)
        for name, lines in mood.items()
    }
    low, high = 1 + 3.2 * levels["distress"], 1.4 + 2.75 * levels["hope"]
    items = load_scale("panas").items
    return _write(_by_word(round_halves([high if i.part == "positive" else low for i in items])))


def screen(request: ChatRequest, language: Language) -> str:
    """The cue words' answer about the message that is asked about."""
    asked = find_slots("judge_safety_message", language, read_question(request)) or {}
    text = read_material(request)[int(asked["n"])].text
    risk = screen_client(text, language)
    return _write({"quote": "" if risk is Risk.NONE else text, "risk": risk})


def _by_word(scores: Any) -> dict[str, int | None]:
    items = load_scale("panas").items
    return {item.id: score for item, score in zip(items, scores, strict=True)}


def _write(reply: dict[str, Any]) -> str:
    return orjson.dumps(reply).decode()
