"""The verb `recognize`: naming distortions in texts whose distortions are known, and its scores."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path

from agents.models.faults import CallFault, PermanentFault
from agents.models.pool import close_pools
from evaluators.recognition.cases import Case, case_of_session, cases_of_personas, read_cases
from evaluators.recognition.recognizer import ModelRecognizer, Recognizer, ScriptedRecognizer
from evaluators.recognition.scores import Guess, Recognition, score_guesses
from personas.errors import InputError
from personas.files import parse_json, read_text
from personas.schema import Language, Persona
from personas.source import load_personas
from runs.imported import is_import_folder
from runs.line import EPISODES
from runs.sessions import iter_sessions
from sim.console import open_stdout
from sim.playing.casting import LOCAL, SCRIPTED
from sim.quality.recognition_tables import LABELLED, draw_recognition


def recognize(source: str, model: str, language: Language, json_out: bool) -> None:
    """Print how well the distortions in the texts of a source are named, or one JSON object."""
    what, cases = load_cases(source, language)
    reader = open_recognizer(model)
    found = recognize_all(reader, cases, source)
    if json_out:
        head = {"source": source, "texts_are": what, "voice": reader.voice}
        json.dump({**head, **asdict(found)}, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    console = open_stdout()
    for part in draw_recognition(found, source, what, reader.voice):
        console.print(part)


def load_cases(source: str, language: Language) -> tuple[str, list[Case]]:
    """Return what the texts of a source are, in words, and the texts with their labels.

    Personas whose distortions an importer inferred, by the very cues, are left out.
    """
    path = Path(source)
    if path.suffix == ".jsonl" and _is_labelled(path):
        what, cases = LABELLED, list(read_cases(path))
    elif path.is_dir() and (is_import_folder(path) or (path / EPISODES).exists()):
        what = "all that a client said in a session"
        told = (session for session in iter_sessions(path) if session.distortions)
        cases = [case_of_session(s) for s in told if s.persona is None or _is_written(s.persona)]
    else:
        what = "distorted thoughts of personas and their balanced sentences"
        personas = load_personas(source, language).personas
        cases = list(cases_of_personas(filter(_is_written, personas)))
    if not cases:
        todo = "distortions that were inferred from intake forms are not truths to test against"
        raise InputError("no texts whose distortions are known", where=source, todo=todo)
    return what, cases


def _is_written(persona: Persona) -> bool:
    return "profile" not in persona.inferred


def recognize_all(reader: Recognizer, cases: list[Case], source: str) -> Recognition:
    """Return the scores of a reader. Raises InputError where it could answer nothing."""
    guesses = asyncio.run(_ask_all(reader, cases))
    if all(guess.named is None for guess in guesses):
        what = f"{reader.voice} gave no readable answer to any of {len(cases)} texts"
        raise InputError(what, where=source)
    return score_guesses(guesses)


def open_recognizer(spec: str) -> Recognizer:
    """Return who reads: scripted, or a model by its spec."""
    if spec == SCRIPTED:
        return ScriptedRecognizer()
    from sim.playing import model_voices

    if spec.startswith(LOCAL):
        from agents.models.local import LocalModel

        return ModelRecognizer(LocalModel(Path(spec.removeprefix(LOCAL))))
    endpoint = model_voices.find_endpoint(spec, {})
    return ModelRecognizer(model_voices.Caller(endpoint, stock=endpoint.stock))


async def _ask_all(reader: Recognizer, cases: list[Case]) -> list[Guess]:
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_ask(reader, case)) for case in cases]
    except ExceptionGroup as faults:
        raise faults.exceptions[0] from None
    finally:
        await close_pools()
    return [task.result() for task in tasks]


async def _ask(reader: Recognizer, case: Case) -> Guess:
    """Return the guess about a text; a call that failed is a missing one."""
    try:
        named = await reader.recognize(case.text, case.language)
    except PermanentFault as fault:
        raise InputError(str(fault)) from None
    except CallFault:
        named = None
    return Guess(case.cluster, case.truth, named)


def _is_labelled(path: Path) -> bool:
    """Return whether the first line is a labelled text rather than a persona."""
    lines = ((n, line) for n, line in enumerate(read_text(path).split("\n"), 1) if line.strip())
    number, first = next(lines, (1, "{}"))
    table = parse_json(first, path, number)
    return isinstance(table, dict) and "profile" not in table
