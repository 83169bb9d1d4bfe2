"""Giving a client's words back: choosing the clause worth it, and turning I into you."""

from __future__ import annotations

import re

from agents.lexicon import count
from agents.text import content_words, split_sentences, words
from personas.schema import Language

_SWAPS = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "i'm": "you're",
    "i've": "you've", "i'd": "you'd", "i'll": "you'll", "am": "are", "you": "me", "your": "my",
    "yours": "mine", "yourself": "myself", "you're": "I'm", "you've": "I've", "you'll": "I'll", "you'd": "I'd",
}  # fmt: skip
_TOKEN = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?|[^A-Za-z]+")
_COLON_LEAD = re.compile(r"^[^:.?!]{2,40}:\s+(?=\S)")
_VOCATIVE = re.compile(
    r"^(?:(?:my dear|now wait|now then|now|you see|you know|look|listen|see|mind you|to be fair|"
    r"the thing is|thing is|truth is|tell you what|no word of a lie|wait|fair question|let me think|"
    r"give me a second|where do i start|let me try)\b[\s,.…:;—-]+)+",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:(?:well|look|honestly|i mean|i guess|i suppose|i don't know|maybe|yeah|yes|no|okay|right|"
    r"mm|hm+|thing is|you know|to be fair|actually|anyway|oh|um|uh|just|like|that|and|but|so|because|"
    r"something like|it's just that|i keep thinking|i just think|sort of|kind of)\b[\s,.…:;—-]*)+",
    re.IGNORECASE,
)
_TAIL = re.compile(r"[\s,]*(?:\b(?:I guess|I suppose|I don't know|maybe|you know|really|or something|that's all|though|if I'm honest))?[\s.,…?!—-]*$", re.IGNORECASE)
_CLAUSE = re.compile(r"\s*(?:[;:—–…]|,\s+(?=(?:and|but|so|or|because|which)\b)|\.\s)\s*")
_LONGEST = 13


def mirror(text: str, *, flip_you: bool = False) -> str:
    """Return the text with first and second person exchanged (`flip_you` also turns you into me).

    Without `flip_you` a generic "you" stays, since clients say "you" for "one".
    """
    out: list[str] = []
    previous = ""
    for token in _TOKEN.findall(text):
        low = token.lower().replace("’", "'")
        swapped = _swap(low, previous, flip_you=flip_you)
        out.append(_match_case(token, swapped) if swapped else token)
        if low.strip():
            previous = low
    return "".join(out)


def _swap(low: str, previous: str, *, flip_you: bool) -> str | None:
    if low == "was" and previous == "i":
        return "were"
    if low.startswith("you") and not flip_you:
        return None
    return _SWAPS.get(low)


def _match_case(token: str, swapped: str) -> str:
    if swapped.startswith("I"):
        return swapped
    return swapped.capitalize() if token[0].isupper() and token.lower() not in {"i", "i'm", "i've", "i'd", "i'll"} else swapped


def strip_hedges(text: str) -> str:
    """Return a clause without lead-ins, trailing hedges and end marks."""
    bare = _COLON_LEAD.sub("", text.strip().strip("\"“”"))
    for _ in range(3):
        bare = _VOCATIVE.sub("", _LEAD.sub("", bare))
    return _TAIL.sub("", bare).strip()


def core_sentence(text: str) -> str:
    """Return the sentence of a message that says most, without lead-ins and end mark."""
    bare = (strip_hedges(part) for part in split_sentences(text) if not part.endswith("?"))
    return max(bare, key=lambda part: len(words(part)), default="")


def key_clause(text: str, language: Language) -> str:
    """Return the clause of a message most worth giving back (3 to 13 words), or an empty string."""
    clauses = [
        strip_hedges(clause)
        for sentence in split_sentences(text)
        if not sentence.endswith("?")
        for clause in _CLAUSE.split(sentence)
    ]
    fitting = [clause for clause in clauses if 3 <= len(words(clause)) <= _LONGEST]
    return max(fitting, key=lambda clause: _weight(clause, language), default="")


def _weight(clause: str, language: Language) -> float:
    feeling = count(language, "emotions", "negative", clause)
    absolute = len(re.findall(r"\b(never|always|every|nobody|everyone|can't|shouldn't|nothing)\b", clause, re.IGNORECASE))
    first_person = bool(re.search(r"\b(I|my|me|I'm|I'll)\b", clause))
    refusing = 5 * bool(count(language, "client", "takeback", clause))
    refusing += 4 * count(language, "client", "refusal", clause) + 2 * count(language, "client", "stuck", clause)
    return len(content_words(clause)) + 1.5 * feeling + 1.5 * absolute + first_person - refusing


def echo(text: str, language: Language) -> str:
    """Return the key clause in the second person, lower-case start, no end mark; empty if none fits."""
    return lower_start(mirror(key_clause(text, language)))


def lower_start(text: str) -> str:
    """Return the text with a lower first letter, unless the first word is a name or I."""
    first = re.match(r"[A-Za-z'’]+", text)
    if not first or first.group() in {"I", "I'm", "I've", "I'd", "I'll"} or first.group().isupper() and len(first.group()) > 1:
        return text
    return text[0].lower() + text[1:] if first.group().lower() in _COMMON else text


_COMMON = frozenset(
    """the a an it it's that that's this these those there there's they they're they've he he's she
    she's we we're my your you you're you've you'd you'll his her their our if when what who where how
    some any all every each one two three nobody no-one everyone everybody someone anyone nothing
    everything something not no never always sometimes most last once since after before at in on
    for from with without by to people other others another both even only just being having going
    losing getting doing every maybe still then now as about up down off out two both half more less
    whatever whenever wherever whoever why which was were is are am do does did have has had can can't
    could couldn't should shouldn't will won't would wouldn't must might may let don't doesn't didn't
    ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty
    fifty sixty seventy eighty ninety four five six seven eight nine hundred several many few plenty
    people work school money sleep mornings nights evenings weekends today yesterday tonight tomorrow
    yes no heavy ashamed guilty scared tired sick sad angry tense hot cold tight numb lonely small
    like same better worse over under through against around between feeling seeing telling asking
    getting making doing sitting lying walking waiting looking nothing's someone's everyone's
    anybody somebody whole old new good bad big little young real pure straight right wrong""".split()
)
