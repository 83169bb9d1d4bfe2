"""Finds out who is asked and lets the scripted voice of that role answer."""

from __future__ import annotations

from collections.abc import Callable

from personas.schema import Language
from tests.fake import chinese, client, counselors, judges, supervisor
from tests.fake.instant import answer_unknown
from tests.fake.request import ChatRequest
from tests.fake.roles import find_language, find_parts, find_role

Voice = Callable[[ChatRequest, Language], str]

ENGLISH: dict[str, Voice] = {
    "client": client.answer_client,
    "appraisal": judges.appraise,
    "crdial": counselors.speak_crdial,
    "cactus": counselors.speak_cactus,
    "cbt_qa": counselors.answer_cbt_qa,
    "planner": counselors.plan_session,
    "supervisor": supervisor.observe_client,
    "judge_scale": judges.rate_item,
    "judge_flow": judges.answer_flow,
    "judge_panas": judges.observe_mood,
    "self_panas": judges.report_mood,
    "judge_safety": judges.screen,
    "ending": counselors.speak_plain,
}
"""By the prompt file that a system text holds; the first that fits. `ending` is also in others, and
in the system text of a plain counselor, whatever its own prompt."""

CHINESE: dict[str, Voice] = {
    "client": chinese.answer_client,
    "appraisal": chinese.appraise,
    "crdial": chinese.speak,
    "cactus": chinese.speak,
    "cbt_qa": chinese.speak,
    "ending": chinese.speak,
    "judge_scale": chinese.rate_item,
    "judge_flow": chinese.answer_flow,
}


def answer(request: ChatRequest) -> tuple[str, str]:
    """The role and the reply."""
    parts = find_parts(request.system)
    language = find_language(request)
    voices = ENGLISH if language == "en" else CHINESE
    voice = next((voices[part] for part in voices if part in parts), None)
    return find_role(request), voice(request, language) if voice else answer_unknown(request)
