"""CBT-QA after CBT-LLM (arXiv 2403.16008): one answer in five parts, then a goodbye.

CBT-LLM is single-turn: question and description in, one five-part answer out. Here the client's
opening is the question. Were the session to end with the answer, the client could never react to
it, and neither mood nor belief could be seen to move; so the client replies once, and the counselor
takes leave in a sentence or two. All the counseling is in the one answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from langchain_core.messages import BaseMessage
from pydantic import BaseModel, ConfigDict

from agents.counselors.base import CounselorView, Utterance
from agents.llm.counselors.intake import describe_intake
from agents.llm.counselors.speech import ask_words, read_plain, seed_of
from agents.models.reply import Model
from agents.prompts import fill_prompt
from agents.prompts.layout import speak_as
from agents.transcript import Sentence, Speaker
from personas.schema import Language


class FivePartAnswer(BaseModel):
    """The parts in the order in which they are spoken."""

    model_config = ConfigDict(extra="forbid")

    validation: str
    key_thought: str
    challenge: str
    strategy: str
    encouragement: str


@dataclass
class ModelCbtQaCounselor:
    """Answers once in five parts and takes leave. `name` is its spec."""

    model: Model
    language: Language
    name: str
    protocol: str = "cbt_qa"

    @property
    def voice(self) -> str:
        """Return the model's id."""
        return self.model.voice

    async def speak(self, view: CounselorView) -> Utterance:
        """Return the answer, or after the client's reaction the goodbye, which closes.

        Raises UnusableReply, and what the model raises.
        """
        if _is_question(view):
            return Utterance(await self._answer(view), view.formulation)
        words = await ask_words(self.model, lay_out_cbt_qa(view), view)
        return Utterance(words.sentences, view.formulation, closes=True)

    async def _answer(self, view: CounselorView) -> tuple[Sentence, ...]:
        """The five parts as sentences; a reply that has no parts but words counts as it came."""
        messages = lay_out_cbt_qa(view)
        seed = seed_of(view, "answer")
        reply = await self.model.call(messages, role="counselor", seed=seed, schema=FivePartAnswer)
        if isinstance(reply.parsed, FivePartAnswer):
            parts = reply.parsed.model_dump().values()
            sentences = tuple(s for part in parts for s in read_plain(str(part)))
        else:
            sentences = () if "{" in reply.text else read_plain(reply.text)  # broken JSON
        return sentences or (await ask_words(self.model, messages, view)).sentences


def lay_out_cbt_qa(view: CounselorView) -> list[BaseMessage]:
    """Return the request for the answer, or after the client's reaction for the goodbye."""
    intake = describe_intake(view.intake, view.language)
    note = "cbt_qa_answer" if _is_question(view) else "cbt_qa_goodbye"
    return speak_as(
        Speaker.COUNSELOR,
        fill_prompt("cbt_qa", view.language, intake=intake),
        view.transcript,
        begin=fill_prompt("begin", view.language),
        note=fill_prompt(note, view.language),
    )


def _is_question(view: CounselorView) -> bool:
    return view.exchange <= 1  # only the greeting was said
