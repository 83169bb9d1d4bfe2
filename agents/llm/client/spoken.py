"""Tidying what a model says in a role: only the words that can be heard are left."""

from __future__ import annotations

import re

from agents.text import words

SILENCE = "…"
_SELF = ("client", "patient", "来访者", "来访", "患者")
_OTHER = ("counselor", "counsellor", "therapist", "咨询师", "治疗师")
_THOUGHTS = re.compile(r"\A.*</think>|<think>.*", re.DOTALL | re.IGNORECASE)
_NOTE = re.compile(r"<note>.*?(?:</note>|\Z)|</?note>", re.DOTALL | re.IGNORECASE)
_BRACKETED = re.compile(r"[(（\[【][^()（）\[\]【】]{1,120}[)）\]】]")
_STARRED = re.compile(r"\*{1,3}([^*\n]{1,120}?)\*{1,3}")
_QUOTES = (('"', '"'), ("“", "”"), ("「", "」"), ("『", "』"))
_GAP = re.compile(r"(?<=[一-鿿，。！？…])\s+(?=[一-鿿，。！？…])")


def tidy(text: str, name: str) -> str:
    """Return the words of one turn of the person called `name`, on one line.

    Thinking aloud, a repeated note, role labels, stage directions and quotes around the whole go;
    what follows where the model speaks on for the other side goes, too. Nothing left is a silence.
    """
    text = _NOTE.sub(" ", _THOUGHTS.sub("", text)).strip()
    text = _drop_stage(_keep_own(text, name))
    text = _GAP.sub("", " ".join(text.split()))
    text = _unquote(text)
    return text if words(text) else SILENCE


def _keep_own(text: str, name: str) -> str:
    own = _label((*_SELF, name, name.split()[0]))
    text = re.split(rf"^{_label(_OTHER)}", text, maxsplit=1, flags=re.MULTILINE | re.IGNORECASE)[0]
    return re.sub(rf"^{own}", "", text, flags=re.MULTILINE | re.IGNORECASE)


def _label(names: tuple[str, ...]) -> str:
    return rf"\W{{0,3}}(?:{'|'.join(map(re.escape, names))})\**\s*[:：]\**\s*"


def _drop_stage(text: str) -> str:
    return _STARRED.sub(_unstar, _BRACKETED.sub(" ", text))


def _unstar(found: re.Match[str]) -> str:
    """A starred word within a sentence is stressed; starred words on their own are a gesture."""
    before = found.string[: found.start()].rstrip()
    after = found.string[found.end() :].lstrip()
    alone = not before or before[-1] in ".!?…。！？" or not after
    return " " if alone or len(words(found[1])) > 3 else found[1]


def _unquote(text: str) -> str:
    for opening, closing in _QUOTES:
        inner = text[1:-1]
        if text.startswith(opening) and text.endswith(closing) and len(text) > 1:
            return text if opening in inner or closing in inner else inner.strip()
    return text
