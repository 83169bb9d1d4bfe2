"""A foreign file as records: what can be used, and why the rest cannot."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from personas.errors import InputError
from runs.foreign.formats import READERS
from runs.foreign.rows import Row, iter_rows
from runs.foreign.talk import guess_language
from runs.imported import UNKNOWN, Format, Imported


def iter_corpus(
    path: Path, form: Format, *, counselor: str = UNKNOWN, client: str = UNKNOWN
) -> Iterator[Imported | InputError]:
    """Yield a record for every usable row of a file, and the error of every other.

    `counselor` and `client` name who spoke. Raises InputError for a file that cannot be read.
    """
    for number, row in enumerate(iter_rows(path), start=1):
        if isinstance(row, InputError):
            yield row
            continue
        try:
            yield _make_record(row, form, f"{form}-{number:05d}", counselor, client)
        except InputError as error:
            yield error


def _make_record(row: Row, form: Format, name: str, counselor: str, client: str) -> Imported:
    draft = READERS[form](row)
    said = "\n".join(f"{turn.speaker}: {turn.text}" for turn in draft.transcript)
    whole = "\n".join((form, counselor, client, row.file.name, name, said))
    return Imported(
        key=hashlib.sha256(whole.encode()).hexdigest()[:16],
        format=form,
        file=row.file.name,
        line=row.line,
        id=name,
        language=guess_language(draft.transcript),
        counselor=counselor,
        client=client,
        form=draft.form.name,
        form_text=draft.form.text,
        intake=draft.form.intake,
        attitude=draft.attitude,
        thought=draft.thought,
        distortions=draft.distortions,
        technique=draft.technique,
        transcript=draft.transcript,
        repairs=draft.repairs,
    )
