"""Foreign messages as a transcript of ours: cleaned, merged, and every mending told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from agents.transcript import Sentence, Speaker, Transcript, Turn
from personas.schema import Language
from runs.foreign.rows import Row

_LABEL = re.compile(
    r"^\**(?:client|patient|counsell?or|therapist|来访者|咨询师|咨询者|求助者)\**\s*[:：]\**\s*",
    re.IGNORECASE,
)
_END_MARK = re.compile(r"\[/?END\]", re.IGNORECASE)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass
class Talk:
    """A transcript being read, message by message; `repairs` says what was mended on the way."""

    row: Row
    turns: list[tuple[Speaker, str]] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)

    def add(self, speaker: Speaker, text: object, place: str) -> None:
        """Take in the message at a place of the row; raises InputError if it is no text."""
        if not isinstance(text, str):
            raise self.row.error(place, "missing" if text is None else "must be a text")
        said = self._clean(text, place)
        if not said:
            self._note(place, "nothing is said in it; left out")
        elif self.turns and self.turns[-1][0] is speaker:
            self._note(place, "the same speaker twice in a row; joined")
            self.turns[-1] = (speaker, f"{self.turns[-1][1]} {said}")
        else:
            self.turns.append((speaker, said))

    def leave_out(self, place: str, what: str) -> None:
        """Note a message that is no part of the talk."""
        self._note(place, f"{what}; left out")

    def finish(self, place: str) -> Transcript:
        """Return the transcript; raises InputError unless both have spoken."""
        for speaker in Speaker:
            if all(who is not speaker for who, _ in self.turns):
                raise self.row.error(place, f"nobody speaks as the {speaker.value}")
        return tuple(Turn(speaker, (Sentence(said),)) for speaker, said in self.turns)

    def _clean(self, text: str, place: str) -> str:
        spoken = self.row.clean(text, place)
        if spoken != text:
            self._note(place, "control characters removed")
        spoken, marks = _END_MARK.subn(" ", spoken)
        if marks:
            self._note(place, "an end mark removed")
        flat = " ".join(spoken.split())
        bare = _LABEL.sub("", flat)
        if bare != flat:
            self._note(place, "a role label stood before the text; removed")
        return bare

    def _note(self, place: str, what: str) -> None:
        self.repairs.append(f"{place}: {what}")


def guess_language(transcript: Iterable[Turn]) -> Language:
    """Return `zh` where more than a third of all letters are Chinese, else `en`."""
    text = "".join(turn.text for turn in transcript)
    letters = len(_LETTER.findall(text))
    return "zh" if letters and len(_HAN.findall(text)) > letters / 3 else "en"
