"""The scripted Cactus counselor: plans a technique from the first words and revises the plan.

The plan is a row of steps in `Formulation.plan`; repairs and changes of technique are steps too,
put in where they are needed. One turn speaks one step.
"""

from __future__ import annotations

import random
from dataclasses import replace

from agents.counselors.base import CounselorView, Utterance
from agents.counselors.techniques import Technique, load_asks, load_techniques, rank_techniques
from agents.discourse import Ask
from agents.echo import echo, key_clause, lower_start, mirror, strip_hedges
from agents.formulation import Channel, Formulation
from agents.phrasebook import Phrase, choose_phrase, has_fresh, load_phrases
from agents.reading import Reading, find_facts, read_client
from agents.text import overlap, split_sentences, words
from agents.transcript import Speaker, turns_of
from personas.distortions import rank_distortions
from personas.schema import Language

OPENING = ("focus", "situation", "thought", "feeling", "rating")
ENDING = ("wording", "rerate", "try_out", "feedback", "goodbye")
_ASIDES = frozenset({"repair", "shift"})
_TRIES = 2
_REVISIONS = 2
_WIND_DOWN = 16
_LATEST = 20
_LONGEST_TURN = 28
_LONGEST_QUOTE = 11


class CactusCounselor:
    """A collaborative, questioning counselor with one of twelve techniques and a pliable plan."""

    name = "cactus"
    protocol = "cactus"
    voice = "scripted"

    def __init__(self, language: Language) -> None:
        self._language: Language = language
        self._bank = load_phrases("cactus", language)

    async def speak(self, view: CounselorView) -> Utterance:
        """Return the next message; the last one closes."""
        picture = follow_plan(view) if view.formulation.plan else make_plan(view)
        step = picture.plan[picture.step]
        rng = view.rng("counselor")
        slots = {**self._slots(picture, view), **echo_slots(view)}
        main = choose_phrase(
            self._bank, _key(step, picture, self._language), rng, picture.used, slots
        )
        lead = self._lead(main, picture, view, rng, slots)
        said = [lead, main] if lead else [main]
        return Utterance(
            tuple(sentence for phrase in said for sentence in phrase.sentences),
            picture.remember(*(phrase.id for phrase in said)),
            closes=step == "goodbye",
        )

    def _slots(self, picture: Formulation, view: CounselorView) -> dict[str, str]:
        channel = picture.channel or Channel("")
        return {
            "name": view.first_name,
            "thought": _quotable(picture.automatic_thought),
            "balanced": _quotable(channel.balanced),
            "feeling": picture.feeling or find_feeling(view.said, self._bank["words.feeling"]),
            "pro": _given_back(channel.case_for),
            "con": _given_back(channel.case_against),
            "plain": load_techniques(self._language)[picture.technique].plain,
        }

    def _lead(
        self,
        main: Phrase,
        picture: Formulation,
        view: CounselorView,
        rng: random.Random,
        slots: dict[str, str],
    ) -> Phrase | None:
        key = self._lead_kind(picture, view, rng)
        if not key or not has_fresh(self._bank, f"lead.{key}", picture.used, slots):
            return None
        lead = choose_phrase(self._bank, f"lead.{key}", rng, picture.used, slots)
        return lead if fits_before(lead, main, view) else None

    def _lead_kind(self, picture: Formulation, view: CounselorView, rng: random.Random) -> str:
        step = picture.plan[picture.step]
        draw = rng.random()
        if step in _ASIDES or step == "goodbye":
            return ""
        if picture.attempts > 1:
            return "again"
        if picture.step and picture.plan[picture.step - 1] in _ASIDES:
            return "after_repair"
        if step in ("rating", "rerate", "wording"):
            return {"rating": "feeling", "rerate": "eased", "wording": "both"}[step]
        reading = read_client(view.said, self._language)
        if find_feeling(view.said, self._bank["words.feeling"]) and draw < 0.3:
            return "feeling"
        if not reading.minimal and draw < 0.75:
            return "echo"
        return "warm" if draw > 0.8 and step != "focus" else ""


def make_plan(view: CounselorView) -> Formulation:
    """Return the picture with a technique and the steps of a session, from form and first words."""
    technique = rank_techniques(_known(view), view.language)[0]
    return replace(
        view.formulation,
        technique=technique.id,
        plan=(*OPENING, *technique.steps, *ENDING),
        step=0,
        attempts=1,
    )


def _known(view: CounselorView) -> str:
    person = view.intake.demographics
    form = [view.intake.reason, person.occupation or "", person.marital_status or ""]
    said = [turn.text for turn in turns_of(view.transcript, Speaker.CLIENT)]
    return " ".join([*form, *said])


def follow_plan(view: CounselorView) -> Formulation:
    """Return the picture after the client's last message: noted, and moved to the next step."""
    step = view.formulation.plan[view.formulation.step]
    reading = read_client(view.said, view.language)
    picture = _note_answer(view.formulation, step, reading, view.language)
    goal = _overdue(picture, view.exchange)
    if goal:
        return _jump(picture, goal)
    if reading.resisting:
        return _meet_resistance(picture, step, reading, view)
    if step in _ASIDES or _is_answered(step, reading):
        return _advance(picture)
    if picture.attempts >= _TRIES or _was_rough_before(view):
        return _revise(picture, view)
    return replace(picture, attempts=picture.attempts + 1)


def _overdue(picture: Formulation, exchange: int) -> str:
    left = picture.plan[picture.step :]
    if exchange >= _LATEST and "try_out" in left[1:]:
        return "try_out"
    return "wording" if exchange >= _WIND_DOWN and "wording" in left[2:] else ""


def _jump(picture: Formulation, step: str) -> Formulation:
    return replace(picture, step=picture.plan.index(step, picture.step), attempts=1)


def _advance(picture: Formulation) -> Formulation:
    return replace(picture, step=min(picture.step + 1, len(picture.plan) - 1), attempts=1)


def _insert(picture: Formulation, *steps: str) -> Formulation:
    at = picture.step + 1
    return replace(picture, plan=picture.plan[:at] + steps + picture.plan[at:])


def _meet_resistance(
    picture: Formulation, step: str, reading: Reading, view: CounselorView
) -> Formulation:
    if step in _ASIDES or _was_rough_before(view):
        return _revise(picture, view)
    come_back = not reading.refusal and picture.attempts < _TRIES and step not in ENDING
    return _advance(_insert(picture, "repair", *([step] if come_back else [])))


def _was_rough_before(view: CounselorView) -> bool:
    said = turns_of(view.transcript, Speaker.CLIENT)
    if len(said) < 2 or len(view.formulation.plan[: view.formulation.step]) < 1:
        return False
    before = read_client(said[-2].text, view.language)
    return before.resisting or (before.minimal and before.rating is None)


def _is_answered(step: str, reading: Reading) -> bool:
    ask = load_asks().get(step, Ask.NONE)
    if reading.stuck or reading.refusal:
        return False
    if ask is Ask.RATING:
        return reading.rating is not None or reading.substantive
    if ask in (Ask.FEELING, Ask.AGENDA, Ask.PLAN, Ask.FEEDBACK):
        return reading.word_count > 0 and "don't know" not in reading.text
    return reading.substantive


def _revise(picture: Formulation, view: CounselorView) -> Formulation:
    step = picture.plan[picture.step]
    if step in ENDING or picture.revisions >= _REVISIONS:
        return _advance(picture)
    done = picture.plan[: picture.step + 1]
    technique = _next_technique(picture, view)
    left = [later for later in picture.plan[picture.step + 1 :] if later in OPENING]
    fresh = [later for later in technique.steps if later not in done]
    return _advance(
        replace(
            picture.remember(f"technique:{picture.technique}"),
            technique=technique.id,
            plan=(*done, "shift", *left, *fresh, *ENDING),
            revisions=picture.revisions + 1,
        )
    )


def _next_technique(picture: Formulation, view: CounselorView) -> Technique:
    tried = {picture.technique}
    ranked = rank_techniques(_known(view), view.language)
    untried = [t for t in ranked if t.id not in tried and f"technique:{t.id}" not in picture.used]
    return untried[0]


def _note_answer(
    picture: Formulation, step: str, reading: Reading, language: Language
) -> Formulation:
    if reading.resisting or not _is_answered(step, reading):
        return picture
    if step == "situation":
        return replace(picture, situation=reading.text)
    if step == "feeling":
        found = find_feeling(reading.text, load_phrases("cactus", language)["words.feeling"])
        return replace(picture, feeling=found)
    if step == "thought":
        return _note_thought(picture, reading, language)
    return _note_on_channel(picture, step, reading, language)


def _note_thought(picture: Formulation, reading: Reading, language: Language) -> Formulation:
    thought = reading.thought or key_clause(reading.text, language)
    if not thought:
        return picture
    guess = next((str(d) for d in rank_distortions(thought, language)), "")
    channel = Channel(thought=thought, distortion=guess)
    return replace(picture, automatic_thought=thought, channels=(channel,), current=0)


def _note_on_channel(
    picture: Formulation, step: str, reading: Reading, language: Language
) -> Formulation:
    channel = picture.channel
    if channel is None:
        return picture
    ask = load_asks().get(step, Ask.NONE)
    facts = find_facts(reading.text, language)
    if step == "rating":
        channel = replace(channel, rating_before=reading.rating)
    elif step == "rerate":
        before, after = channel.rating_before, reading.rating
        shifted = before is not None and after is not None and after < before
        channel = replace(channel, rating_after=after, shifted=shifted)
    elif step == "wording":
        channel = replace(channel, balanced=max(facts, key=len, default=""))
    elif ask is Ask.EVIDENCE_FOR:
        channel = replace(channel, case_for=channel.case_for + facts)
    elif ask is Ask.EVIDENCE_AGAINST:
        channel = replace(channel, case_against=channel.case_against + facts)
    return picture.with_channel(channel)


def _key(step: str, picture: Formulation, language: Language) -> str:
    if step in _ASIDES or step == "goodbye":
        return f"say.{step}"
    if step == "try_out":
        return f"try_out.{load_techniques(language)[picture.technique].homework}"
    return f"ask.{step}"


def echo_slots(view: CounselorView) -> dict[str, str]:
    """Return the client's words turned to "you": `echo`, and `clause` where it is a clause."""
    given = echo(view.said, view.language)
    return {"echo": given, "clause": given if is_clause(given, view.language) else ""}


def is_clause(text: str, language: Language) -> bool:
    """Tell whether an echo reads as a clause with subject and verb, not as a fragment."""
    bank, spoken = load_phrases("cactus", language), words(text)
    if not spoken or spoken[0] not in bank["words.clause_starts"]:
        return False
    contracted = "'" in spoken[0]
    return (
        contracted
        or spoken[0] in bank["words.subjects"]
        or any(word in bank["words.verbs"] for word in spoken[1:5])
    )


def fits_before(lead: Phrase, main: Phrase, view: CounselorView) -> bool:
    """Tell whether a lead may stand before the main phrase: short enough, nothing said twice."""
    spoken = {sentence.text for turn in view.transcript for sentence in turn.sentences}
    new = [sentence.text for sentence in lead.sentences]
    length = sum(len(words(s.text)) for s in (*lead.sentences, *main.sentences))
    twice = any(text in spoken for text in new) or overlap(lead.text, main.text) > 0.5
    return length <= _LONGEST_TURN and not twice


def find_feeling(text: str, known: tuple[str, ...]) -> str:
    """Return the first of the known feeling words in a message, or an empty string."""
    said = f" {' '.join(words(text))} "
    return next((word for word in known if f" {word} " in said and f"not {word} " not in said), "")


def _quotable(text: str) -> str:
    sentences = split_sentences(text)
    clean = strip_hedges(sentences[0]).rstrip(".!?… ") if sentences else ""
    return clean if 2 < len(words(clean)) <= _LONGEST_QUOTE else ""


def _given_back(facts: tuple[str, ...]) -> str:
    short = [fact for fact in facts if 3 <= len(words(strip_hedges(fact))) <= 9]
    return lower_start(mirror(strip_hedges(short[-1]))) if short else ""
