"""The model client: what its requests hold, and that its words do what the mind has decided."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from client_model import NoteModel, Request, speak_by_note
from client_people import LIN, PERSONAS, TOMAS, asked, opened, state_of
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from agents.client import ClientReply, ClientState, ScriptedAppraiser, ScriptedClient
from agents.counselors import build_counselor
from agents.hearing.discourse import Ask
from agents.hearing.reading import stated_rating
from agents.llm.client.appraisal import Hearing, ModelAppraiser
from agents.llm.client.person import describe_client
from agents.llm.client.voice import ModelClient
from agents.mind.intent import Act
from agents.mind.ledger import line_of
from agents.transcript import Speaker, Transcript, client_turn
from graphs.session import play
from graphs.state import Company, Outcome
from personas.distortions import taxonomy
from personas.schema import Attitude, Persona, Resistance, Risk

RATE = "How true does it feel now, from nought to a hundred?"
THOUGHT = "What went through your mind just then?"


class Watched(ModelClient):
    """Compares every request with what the client had told by the turn it belongs to."""

    def __init__(self, model: NoteModel) -> None:
        super().__init__(model, ScriptedAppraiser())
        self.model = model
        self.told: set[str] = set()
        self.checked = 0

    async def reply(
        self, persona: Persona, state: ClientState, transcript: Transcript, seed: int
    ) -> ClientReply:
        before = len(self.model.requests)
        reply = await super().reply(persona, state, transcript, seed)
        self.told |= set(reply.gauge.told)
        for request in self.model.requests[before:]:
            self.check(persona, request)
        return reply

    def check(self, persona: Persona, request: Request) -> None:
        whole = "\n".join(request.texts)
        told = "\n".join(
            line_of(persona, entry)
            for entry in self.told
            if entry != "risk" and not entry.startswith("outcome.")
        )
        for entry in ledger(persona):
            line = line_of(persona, entry)
            assert entry in self.told or line in told or line not in whole, entry
            self.checked += 1


def ledger(persona: Persona) -> Iterator[str]:
    yield from ("situation", "automatic_thought", "rule", "core_belief")
    for k, thought in enumerate(persona.profile.thoughts):
        yield from (f"thought.{k}", f"balanced.{k}")
        yield from (f"for.{k}.{i}" for i in range(len(thought.evidence_for)))
        yield from (f"against.{k}.{i}" for i in range(len(thought.evidence_against)))
    yield from (f"disclosure.{i}" for i in range(len(persona.profile.disclosures)))


def play_with(model: NoteModel, persona: Persona, counselor: str, seed: int = 0) -> Outcome:
    client = ModelClient(model, ScriptedAppraiser())
    return asyncio.run(
        play(persona, build_counselor(counselor, "en"), seed=seed, company=Company(client=client))
    )


def ask(
    answer: Callable[[Request], str], persona: Persona, state: ClientState, transcript: Transcript
) -> tuple[ClientReply, list[Request]]:
    model = NoteModel(answer)
    client = ModelClient(model, ScriptedAppraiser())
    return asyncio.run(client.reply(persona, state, transcript, 0)), model.requests


def count_same(before: str, after: str) -> int:
    """Return how many characters two texts share at their beginning."""
    marks = (at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other)
    return next(marks, min(len(before), len(after)))


def share_repeated(requests: list[Request]) -> float:
    """Return the share of characters that repeat the request before, the first one counted, too."""
    texts = ["\n".join(request.texts) for request in requests]
    same = sum(count_same(*pair) for pair in pairwise(texts))
    return same / sum(map(len, texts))


def test_one_system_message_first_then_the_roles_alternate_and_the_note_stands_last() -> None:
    model = NoteModel()
    play_with(model, TOMAS, "crdial")
    for request in model.requests:
        assert isinstance(request.messages[0], SystemMessage)
        kinds = [type(message) for message in request.messages[1:]]
        assert kinds == [HumanMessage, AIMessage] * (len(kinds) // 2) + [HumanMessage]
        assert request.texts[2] == TOMAS.opening
        assert request.role == "client"
        assert request.note
        assert "<note>" not in "\n".join(request.texts[1:-1])


@pytest.mark.parametrize("counselor", ["crdial", "cactus"])
def test_a_request_repeats_nine_tenths_of_the_one_before(counselor: str) -> None:
    model = NoteModel()
    play_with(model, TOMAS, counselor)
    assert len(model.requests) > 18
    assert share_repeated(model.requests[:20]) >= 0.9
    assert max(len(request.note.split()) for request in model.requests) <= 60
    assert len({request.texts[0] for request in model.requests}) == 1


@pytest.mark.parametrize("counselor", ["crdial", "cactus", "lecturer"])
@pytest.mark.parametrize("persona", PERSONAS[::5], ids=lambda persona: persona.id)
def test_the_model_knows_nothing_before_the_turn_that_tells_it(
    persona: Persona, counselor: str
) -> None:
    client = Watched(NoteModel())
    outcome = asyncio.run(
        play(persona, build_counselor(counselor, "en"), seed=1, company=Company(client=client))
    )
    assert client.checked >= 20 * (len(outcome.trace) - 1) > 0


def test_the_watch_would_notice() -> None:
    client = Watched(NoteModel())
    leak = TOMAS.profile.thoughts[1].balanced
    with pytest.raises(AssertionError, match=r"balanced\.1"):
        client.check(TOMAS, Request([HumanMessage(f"You think: {leak}")], "client", 0))


@pytest.mark.parametrize("persona", [*PERSONAS, LIN], ids=lambda persona: persona.id)
def test_no_label_stands_in_the_system_text(persona: Persona) -> None:
    text = describe_client(persona).lower()
    names = {str(label) for kind in (Attitude, Resistance) for label in kind}
    for info in taxonomy().values():
        names |= {info.id, info.name.en.lower(), info.name.zh}
    names |= {name.replace("_", " ") for name in names} | {"distortion", "strength", "otani", "$"}
    assert not [name for name in names if name in text]


def test_no_level_of_the_mind_stands_in_a_note() -> None:
    model = NoteModel()
    for persona in PERSONAS[::4]:
        play_with(model, persona, "crdial")
    for request in model.requests:
        felt = request.note.split("“")[0]
        assert not any(sign.isdigit() for sign in felt.replace("number is 5", "")), felt


def test_a_form_that_gives_the_thought_away_is_told_without_it() -> None:
    thought = TOMAS.profile.thoughts[1].text
    intake = TOMAS.intake.model_copy(
        update={
            "problem": "I believe that whatever goes wrong on that bus is my doing. Sad. Catastrophizing."
        }
    )
    text = describe_client(TOMAS.model_copy(update={"intake": intake}))
    assert thought.lower().rstrip(".") not in text.lower()
    assert "goes wrong" not in text
    assert "The matter: Sad.\n" in text


def test_attitude_and_resistance_change_what_the_client_is_told() -> None:
    texts = {
        describe_client(TOMAS.model_copy(update={"attitude": attitude, "resistance": pattern}))
        for attitude in Attitude
        for pattern in Resistance
    }
    assert len(texts) == 21


def test_model_and_scripted_client_decide_the_same() -> None:
    state, transcript = ScriptedClient().begin(TOMAS, 4), asked("Hello. How was the shift?")
    for question in ("What happened?", THOUGHT, RATE, "That's ridiculous.", "And after that?"):
        transcript = asked(question, (*transcript, client_turn(f"Well. {question[-9:]}")))
        scripted = asyncio.run(ScriptedClient().reply(TOMAS, state, transcript, 4))
        client = ModelClient(NoteModel(), ScriptedAppraiser())
        spoken = asyncio.run(client.reply(TOMAS, state, transcript, 4))
        assert spoken.gauge == scripted.gauge
        assert spoken.state.ratings == scripted.state.ratings
        state = scripted.state


def test_equal_runs_send_equal_requests_and_another_seed_other_ones() -> None:
    runs = []
    for seed in (1, 1, 2):
        model = NoteModel()
        play_with(model, TOMAS, "crdial", seed)
        runs.append(model.requests)
    assert runs[0] == runs[1]
    assert len({request.seed for request in runs[0]}) == len(runs[0])
    assert not {request.seed for request in runs[0]} & {request.seed for request in runs[2]}


def test_a_verbatim_repeat_is_asked_for_again_with_another_seed() -> None:
    transcript = (*opened(TOMAS, "Go on."), client_turn("It's the braking, I think."))
    transcript = asked("What happened?", transcript)

    def answer(request: Request) -> str:
        again = "exactly that before" in request.note
        return speak_by_note(request) if again else "It's the BRAKING – I think!"

    reply, requests = ask(answer, TOMAS, state_of(TOMAS), transcript)
    assert len(requests) == 2
    assert requests[0].seed != requests[1].seed
    assert reply.text == TOMAS.profile.situation
    assert reply.gauge.stand_in == ""


def test_a_model_that_only_repeats_itself_is_stood_in_for_and_the_gauge_says_so() -> None:
    reply, requests = ask(lambda _: TOMAS.opening, TOMAS, state_of(TOMAS), opened(TOMAS, THOUGHT))
    assert len(requests) == 3
    assert reply.gauge.stand_in == "message"
    assert reply.gauge.told == ("automatic_thought",)
    assert "behind a wheel" in reply.text
    assert reply.state.used


def test_words_that_do_not_tell_what_is_recorded_as_told_are_not_taken() -> None:
    reply, requests = ask(
        lambda _: "Not much, really.", TOMAS, state_of(TOMAS), opened(TOMAS, THOUGHT)
    )
    assert "left out" in requests[1].note
    assert reply.gauge.stand_in == "message"
    assert "behind a wheel" in reply.text


def test_a_telling_in_other_words_is_taken() -> None:
    said = "That they shouldn't let me near a wheel. I'm not safe."
    reply, requests = ask(lambda _: said, TOMAS, state_of(TOMAS), opened(TOMAS, THOUGHT))
    assert (reply.text, reply.gauge.stand_in, len(requests)) == (said, "", 1)


def rating_state() -> ClientState:
    told = frozenset({"automatic_thought"})
    return state_of(TOMAS, told=told, beliefs=(83.0, 70.0, 60.0))


def test_a_rating_is_said_in_the_models_words_and_remembered() -> None:
    reply, requests = ask(
        lambda _: "Eighty-five? Something like that.", TOMAS, rating_state(), opened(TOMAS, RATE)
    )
    assert "eighty-five" in requests[0].note
    assert (len(requests), reply.gauge.stand_in) == (1, "")
    assert reply.state.ratings == ((0, 85),)


def test_a_rating_that_stays_wrong_is_put_right_and_marked() -> None:
    reply, requests = ask(lambda _: "Forty, maybe.", TOMAS, rating_state(), opened(TOMAS, RATE))
    assert len(requests) == 3
    assert reply.text.startswith("Forty, maybe.")
    assert stated_rating(reply.text) == 85
    assert reply.gauge.stand_in == "number"


def test_a_client_at_risk_is_handed_its_words_and_no_other_client_is() -> None:
    persona = next(person for person in PERSONAS if person.risk is not Risk.NONE)
    reply, requests = ask(
        speak_by_note, persona, state_of(persona, exchange=5), opened(persona, "What then?")
    )
    assert reply.gauge.act == Act.RISK
    assert "wake up" in requests[0].note
    assert "wake up" not in describe_client(persona)


def test_leaving_is_told_to_the_model_and_to_the_graph() -> None:
    state = state_of(TOMAS, trust=0.0, tension=100.0, exchange=9)
    replies = []
    for seed in range(12):
        client = ModelClient(model := NoteModel(), ScriptedAppraiser())
        reply = asyncio.run(
            client.reply(TOMAS, state, opened(TOMAS, "Pull yourself together."), seed)
        )
        if reply.departure == "leave":
            replies.append(model.requests[-1].note)
    assert replies
    assert all("leave now" in note for note in replies)


def test_a_failed_call_is_not_hidden() -> None:
    def fail(request: Request) -> str:
        raise ConnectionError("no endpoint")

    with pytest.raises(ConnectionError):
        ask(fail, TOMAS, state_of(TOMAS), opened(TOMAS, THOUGHT))


def test_a_chinese_session_runs_on_the_models_hearing() -> None:
    questions = {
        "上周开会是怎么回事？": Ask.STORY,
        "那一刻脑子里闪过什么？": Ask.THOUGHT,
        "从零到一百，现在有多信？": Ask.RATING,
        "有什么旁人也看得见的事支持它？": Ask.EVIDENCE_FOR,
        "那有什么对不上的吗？": Ask.EVIDENCE_AGAINST,
        "我听得对吗？": Ask.FEEDBACK,
        "这周愿意试一小步吗？": Ask.PLAN,
    }
    words, state = NoteModel(), state_of(LIN)
    transcript, acts = opened(LIN, "你好。"), []
    transcript = transcript[:-1]
    for text, wanted in questions.items():
        ears = NoteModel(parsed=Hearing(moves=["open_question"], ask=wanted, questions=1))
        client = ModelClient(words, ModelAppraiser(ears))
        transcript = asked(text, transcript)
        reply = asyncio.run(client.reply(LIN, state, transcript, 0))
        transcript, state = (*transcript, client_turn(reply.text)), reply.state
        acts.append(reply.gauge.act)
    assert acts[:2] + acts[3:5] == ["tell"] * 4
    assert (acts[2], acts[5], acts[6]) == ("rate", "feedback", "plan")
    assert LIN.profile.situation in [turn.text for turn in transcript]
    assert stated_rating(transcript[7].text) == dict(state.ratings)[0]
    assert "你叫林晓" in words.requests[0].texts[0]
    assert [turn.speaker for turn in transcript[-2:]] == [Speaker.COUNSELOR, Speaker.CLIENT]


def test_in_chinese_the_scripted_voice_stands_in_as_well() -> None:
    state = replace(state_of(LIN), mind=replace(state_of(LIN).mind, told=frozenset(ledger(LIN))))
    heard = ModelAppraiser(NoteModel(parsed=Hearing(moves=[], ask=Ask.FEELING, questions=1)))
    client = ModelClient(NoteModel(lambda _: LIN.opening), heard)
    reply = asyncio.run(client.reply(LIN, state, opened(LIN, "你好。"), 0))
    assert reply.gauge.stand_in == "message"
    assert reply.text
    assert reply.text != LIN.opening
