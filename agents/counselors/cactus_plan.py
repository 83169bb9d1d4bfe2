"""How the Cactus counselor plans a session from the first words, follows the plan, and revises it.

The plan is a row of steps in `Formulation.plan`; repairs and changes of technique are steps too,
put in where they are needed. Answers are noted in the formulation on the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from agents.counselors.base import CounselorView
from agents.counselors.formulation import Channel, Formulation
from agents.counselors.techniques import Technique, load_asks, rank_techniques
from agents.hearing.discourse import Ask
from agents.hearing.echo import key_clause
from agents.hearing.reading import Reading, find_facts, read_client
from agents.phrasebook import load_phrases
from agents.text import words
from agents.transcript import Speaker, turns_of
from personas.distortions import rank_distortions
from personas.schema import Language

OPENING = ("focus", "situation", "thought", "feeling", "rating")
ENDING = ("wording", "rerate", "try_out", "feedback", "goodbye")
ASIDES = frozenset({"repair", "shift"})
_TRIES = 2
_REVISIONS = 2
_WIND_DOWN = 16
_LATEST = 20
_REWORDED = 10


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
    if load_asks().get(step) is Ask.ALTERNATIVE:
        return _after_wording(picture, step, reading, view)
    if step in ASIDES or is_answered(step, reading, view.language):
        return _advance(_measure_anew(picture, step, view.formulation))
    if picture.attempts >= _TRIES or _was_rough_before(view) or step == "hear_more":
        return _revise(picture, view)
    return replace(picture, attempts=picture.attempts + 1)


def _measure_anew(picture: Formulation, step: str, before: Formulation) -> Formulation:
    """A piece picked from the knot may be another thought than the one that was measured."""
    changed = picture.automatic_thought != before.automatic_thought
    return _insert(picture, "rating") if step == "knot" and changed else picture


def _overdue(picture: Formulation, exchange: int) -> str:
    left = picture.plan[picture.step :]
    if exchange >= _LATEST and "try_out" in left[1:]:
        return "try_out"
    due = (
        exchange >= _WIND_DOWN
        and "wording" in left[2:]
        and "wording" not in picture.plan[: picture.step + 1]
    )
    return "wording" if due else ""


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
    if step in ASIDES or _was_rough_before(view):
        return _revise(picture, view)
    come_back = not reading.refusal and picture.attempts < _TRIES and step not in ENDING
    return _advance(_insert(picture, "repair", *([step] if come_back else [])))


def _after_wording(
    picture: Formulation, step: str, reading: Reading, view: CounselorView
) -> Formulation:
    """A client who has found the words goes on to weigh them; one who is stuck is heard first."""
    if not reading.stuck and reading.substantive:
        return _jump(picture, "rerate") if _is_reworded(reading) else _advance(picture)
    detour = _missing_piece(picture, reading, view.language)
    if not detour or view.exchange >= _LATEST - 2:
        return _advance(picture)
    return _advance(_insert(picture, detour, *(["wording"] if step == "wording" else [])))


def _is_reworded(reading: Reading) -> bool:
    return reading.balance or reading.word_count >= _REWORDED


def _missing_piece(picture: Formulation, reading: Reading, language: Language) -> str:
    done = picture.plan[: picture.step + 1]
    unheard = mentions(reading.text, load_phrases("cactus", language)["words.unheard"])
    wanted = ("hear_more",) if unheard else ("evidence_against", "exception", "friend_sees")
    return next((step for step in wanted if step not in done), "")


def _was_rough_before(view: CounselorView) -> bool:
    said = turns_of(view.transcript, Speaker.CLIENT)
    if len(said) < 2 or len(view.formulation.plan[: view.formulation.step]) < 1:
        return False
    before = read_client(said[-2].text, view.language)
    return before.resisting or evades(before, view.language) or _is_bare(before, view.language)


def evades(reading: Reading, language: Language) -> bool:
    """Tell whether a client talks past the question: small talk, gloss, theory, obedience."""
    return mentions(reading.text, load_phrases("cactus", language)["words.evasion"])


def _is_bare(reading: Reading, language: Language) -> bool:
    return reading.minimal and reading.rating is None and not find_feeling(reading.text, language)


def mentions(text: str, phrases: tuple[str, ...]) -> bool:
    """Tell whether a message holds one of some lower-case phrases."""
    said = " ".join(words(text))
    return any(" ".join(words(phrase)) in said for phrase in phrases)


def is_answered(step: str, reading: Reading, language: Language) -> bool:
    """Tell whether a message gives what the question of a step was after."""
    ask = load_asks().get(step, Ask.NONE)
    if reading.stuck or reading.refusal or evades(reading, language):
        return False
    if ask is Ask.RATING:
        return reading.rating is not None or reading.substantive
    if ask in (Ask.FEELING, Ask.AGENDA, Ask.PLAN, Ask.FEEDBACK):
        unknown = load_phrases("cactus", language)["words.unknown"]
        return reading.word_count > 0 and not any(phrase in reading.text for phrase in unknown)
    return reading.substantive


def _revise(picture: Formulation, view: CounselorView) -> Formulation:
    if "wording" in picture.plan[: picture.step + 1] or picture.revisions >= _REVISIONS:
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
    if reading.resisting or not is_answered(step, reading, language):
        return picture
    if step == "situation":
        return replace(picture, situation=reading.text)
    if step == "feeling":
        return replace(picture, feeling=find_feeling(reading.text, language))
    if step == "thought" or (step == "knot" and reading.thought):
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
    elif ask is Ask.ALTERNATIVE and not channel.balanced and _is_reworded(reading):
        channel = replace(channel, balanced=max(facts, key=len, default=""))
    elif ask is Ask.EVIDENCE_FOR:
        channel = replace(channel, case_for=channel.case_for + facts)
    elif ask is Ask.EVIDENCE_AGAINST:
        channel = replace(channel, case_against=channel.case_against + facts)
    return picture.with_channel(channel)


def find_feeling(text: str, language: Language) -> str:
    """Return the first of the known feeling words in a message, or an empty string."""
    bank, said = load_phrases("cactus", language), f" {' '.join(words(text))} "
    return next((word for word in bank["words.feeling"] if _feels(word, said, bank)), "")


def _feels(word: str, said: str, bank: Mapping[str, tuple[str, ...]]) -> bool:
    spaced = " ".join(words(word))
    denied = any(f"{' '.join(words(no))} {spaced} " in said for no in bank["words.not"])
    return f" {spaced} " in said and not denied
