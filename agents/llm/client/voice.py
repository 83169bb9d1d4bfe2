"""The model client: the mind decides, the model only finds the words.

What a turn must bring is checked in the words: nothing is said twice, what is told is told, a rating
is the mind's. A reply that fails is asked for again, twice at most. Then a missing rating is added,
and for anything else the scripted voice speaks, because a record whose gauge says `told` beside
words that tell nothing would lie, and dropping every episode with a stubborn reply would leave the
short ones. Both are marked in the gauge (`stand_in`).
"""

from __future__ import annotations

from dataclasses import replace

from langchain_core.messages import BaseMessage

from agents.client import (
    Appraiser,
    ClientReply,
    ClientState,
    make_reply,
    make_speech,
    note_rating,
    own_words,
    respond,
)
from agents.hearing.reading import stated_rating
from agents.llm.client.note import lines_to_tell, mend_number, write_note
from agents.llm.client.person import describe_client
from agents.llm.client.spoken import tidy
from agents.llm.seeds import derive_seed
from agents.mind.intent import Act
from agents.mind.parameters import Parameters
from agents.mind.state import begin
from agents.models.reply import Model
from agents.prompts.layout import speak_as
from agents.text import closeness, words
from agents.transcript import Speaker, Transcript
from agents.voice import Speech, Spoken, say
from personas.schema import Persona

ROLE = "client"
RE_ASKS = 2


class ModelClient:
    """A persona whose words a model finds. `voice` is the model's id."""

    def __init__(
        self, model: Model, appraiser: Appraiser, parameters: Parameters | None = None
    ) -> None:
        self.voice = model.voice
        self.appraiser = appraiser
        self._model = model
        self._parameters = parameters

    def begin(self, persona: Persona, seed: int) -> ClientState:
        """Return the state with which the client walks in."""
        return ClientState(begin(persona, seed, self._parameters))

    async def reply(
        self, persona: Persona, state: ClientState, transcript: Transcript, seed: int
    ) -> ClientReply:
        """Return the client's answer to the last counselor message. Raises CallFault if a call failed."""
        heard = await self.appraiser.appraise(transcript, persona.language)
        state, intent = respond(persona, state, heard, seed)
        speech = make_speech(persona, state, intent, heard, seed)
        spoken, stand_in = await self._speak(speech, transcript, seed)
        state = replace(state, used=spoken.used, ratings=note_rating(state, intent))
        reply = make_reply(persona, state, intent, spoken.text, len(transcript))
        return replace(reply, gauge=replace(reply.gauge, stand_in=stand_in))

    async def _speak(self, speech: Speech, transcript: Transcript, seed: int) -> tuple[Spoken, str]:
        """Return the words, and what of them is not the model's (`Gauge.stand_in`)."""
        said, flaw, text = own_words(transcript), "", ""
        for attempt in range(RE_ASKS + 1):
            reply = await self._model.call(
                make_request(speech, transcript, flaw),
                role=ROLE,
                seed=derive_seed(seed, ROLE, len(transcript), attempt),
            )
            text = tidy(reply.text, speech.persona.demographics.name or "")
            flaw = find_flaw(speech, text, said)
            if not flaw:
                return Spoken(text, speech.used), ""
        if flaw == "number":
            return Spoken(mend_number(speech, text), speech.used), "number"
        return say(speech, said), "message"


def make_request(speech: Speech, transcript: Transcript, again: str = "") -> list[BaseMessage]:
    """Return the messages of one request; only the note at the very end changes by the turn."""
    return speak_as(
        Speaker.CLIENT,
        describe_client(speech.persona),
        transcript,
        note=write_note(speech, again),
    )


def find_flaw(speech: Speech, text: str, said: frozenset[str]) -> str:
    """Return what is wrong with the words: `repeat`, `untold`, `number`, or nothing."""
    if " ".join(words(text)) in said:
        return "repeat"
    if any(not closeness(line, text) for line in lines_to_tell(speech)):
        return "untold"
    if speech.intent.act is Act.RATE and stated_rating(text) != speech.intent.rating:
        return "number"
    return ""
