"""Giving a client's words back: choosing the clause worth it, and turning I into you."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from agents.hearing import echo_zh
from agents.hearing.lexicon import count, matches
from agents.text import content_words, count_words, is_chinese, load_words, split_sentences, words
from personas.distortions import score_distortions
from personas.schema import Language

_SWAPS = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "i'm": "you're",
    "i've": "you've", "i'd": "you'd", "i'll": "you'll", "am": "are", "you": "me", "your": "my",
    "yours": "mine", "yourself": "myself", "you're": "I'm", "you've": "I've", "you'll": "I'll",
    "you'd": "I'd", "we": "you", "we're": "you're", "we've": "you've", "we'd": "you'd",
    "we'll": "you'll", "our": "your", "ours": "yours", "us": "you",
}  # fmt: skip
_TOKEN = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?|[^A-Za-z]+")
_COLON_LEAD = re.compile(r"^[^:.?!]{2,40}:\s+(?=\S)")
_OPENER = re.compile(  # "Mind you, …", "My dear, …": an address or filler, not a clause of its own
    r"^(?!(?:[\w'’]+ ){0,3}(?:i|he|she|they|it|you|we|everyone|everybody|nobody|people|things)(?:['’]\w+)?\b)"
    r"(?!(?:if|when|since|after|before|once|every|unless|while|one|two|on|in|at)\b)"
    r"(?:[\w'’]+ ){0,3}[\w'’]+,\s+(?=(?:\S+\s+){3})",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:(?:well|look|honestly|i mean|i guess|i suppose|i don't know|maybe|yeah|yes|no(?=[,.…;:—])|okay|"
    r"right|mm|hm+|thing is|you know|to be fair|actually|anyway|oh|um|uh|just|like|and|but|so|because|"
    r"that(?=\s+(?:i|i'm|i've|i'd|i'll|he|she|it|it's|they|they're|we|you|there's|nobody|everyone|people|"
    r"my|if|nothing)\b)|mostly(?=,)|in the end(?=,)|straight away(?=:)|"
    r"i (?:just )?thought(?=,)|i was thinking(?=,)|my head goes(?=,)|i suppose that|i'm telling you(?=,)|"
    r"wait till i tell you|what can i say|it's (?:fine|calm|true|no trouble)(?=,)|i'm daft, me(?=,)|"
    r"i'll be straight with you(?=,)|i swear down(?=,)|(?:as )?far as i can (?:see|tell)(?=,)|"
    r"i'll tell you what(?=,)|i'm just saying(?=,)|(?:the )?way i see it(?=,)|"
    r"something like|it's just that|i keep thinking|i just think|sort of|kind of)\b(?!['’])[\s,.…:;—-]*)+",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"[\s,]*(?:\b(?:I guess|I suppose|I don't know|maybe|you know|really|or something|that's all|"
    r"though|to be honest|if I'm honest)|,\s*(?:then|love|pet|man|hen))?[\s.,…?!—-]*$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"\s*(?:[;:—–…]|,\s+(?=(?:and|but|so|or|because|which)\b)|\.\s)\s*")
_FIRST_PERSON = re.compile(r"\b(I|my|me|I'm|I'll)\b")
_SHORTEST, _LONGEST = 3, 13
_UNWORTHY = frozenset({"takeback", "refusal", "stuck", "hostile", "aside"})


def mirror(text: str, *, flip_you: bool = False) -> str:
    """Return the text with first and second person exchanged (`flip_you` also turns you into me).

    Without `flip_you` a generic "you" stays, since clients say "you" for "one".
    """
    if is_chinese(text):
        return echo_zh.swap_persons(text, flip_you=flip_you)
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
    if previous == "i" and low in {"was", "wasn't"}:
        return low.replace("was", "were")
    if low == "we" and previous in {"here", "there"}:  # "here we go"
        return None
    if low.startswith("you") and not flip_you:
        return None
    return _SWAPS.get(low)


def _match_case(token: str, swapped: str) -> str:
    if swapped.startswith("I"):
        return swapped
    return (
        swapped.capitalize()
        if token[0].isupper() and token.lower() not in {"i", "i'm", "i've", "i'd", "i'll"}
        else swapped
    )


def strip_hedges(text: str) -> str:
    """Return a clause without lead-ins, trailing hedges and end marks."""
    if is_chinese(text):
        return echo_zh.strip_fillers(text)
    bare = _COLON_LEAD.sub("", text.strip().strip('"“”'))
    for _ in range(2):
        bare = _OPENER.sub("", _LEAD.sub("", bare), count=1)
    return _TAIL.sub("", bare).strip()


def core_sentence(text: str) -> str:
    """Return the sentence of a message that says most, without lead-ins and end mark."""
    bare = (strip_hedges(part) for part in split_sentences(text) if not part.endswith(("?", "？")))
    return max(bare, key=count_words, default="")


def key_clause(text: str, language: Language) -> str:
    """Return the clause of a message most worth giving back (3 to 13 words, 4 to 20 characters in Chinese).

    Empty where no clause fits.
    """
    shortest, longest = (
        (echo_zh.SHORTEST, echo_zh.LONGEST) if language == "zh" else (_SHORTEST, _LONGEST)
    )
    clauses = [
        clause
        for sentence in split_sentences(text)
        if not sentence.endswith(("?", "？"))
        for clause in _split_clauses(sentence, language)
    ]
    fitting = [clause for clause in clauses if shortest <= len(words(clause)) <= longest]
    worth = [clause for clause in fitting if _is_worth_it(clause, language)]
    return max(worth, key=lambda c: (_weight(c, language), len(words(c))), default="")


def _split_clauses(sentence: str, language: Language) -> list[str]:
    if language == "zh":
        return echo_zh.split_clauses(sentence)
    return [strip_hedges(clause) for clause in _CLAUSE.split(_COLON_LEAD.sub("", sentence))]


def _is_worth_it(clause: str, language: Language) -> bool:
    """Small talk, refusals, what was taken back, and talk of "you and me" are not given back."""
    if {"you", "your"} & set(words(clause)) and _FIRST_PERSON.search(clause):
        return False
    if echo_zh.addresses_listener(clause):
        return False
    return bool(content_words(clause)) and not matches(language, "client", clause) & _UNWORTHY


def _weight(clause: str, language: Language) -> float:
    feeling = count(language, "emotions", "negative", clause)
    absolute = len(
        re.findall(
            r"\b(never|always|every|nobody|everyone|can't|shouldn't|nothing)\b",
            clause,
            re.IGNORECASE,
        )
    ) + len(echo_zh.ABSOLUTE.findall(clause))
    first_person = bool(_FIRST_PERSON.search(clause) or echo_zh.FIRST_PERSON.search(clause))
    return len(content_words(clause)) + 1.5 * feeling + 1.5 * absolute + first_person


def echo(text: str, language: Language) -> str:
    """Return the key clause in the second person, lower-case start, no end mark; empty if none fits.

    A Chinese clause that sounds like a thought is quoted as it was said: with 您 it would sound like
    the listener's own verdict.
    """
    clause = key_clause(text, language)
    if language == "zh" and (score_distortions(clause, language) or echo_zh.runs_down(clause)):
        return f"“{clause}”"
    return lower_start(mirror(clause))


def lower_start(text: str) -> str:
    """Return the text with a lower first letter, unless it starts with I or what may be a name."""
    first = re.match(r"[A-Za-z]+(?:['’][A-Za-z]+)?", text)
    if not first or first.group() in {"I", "I'm", "I've", "I'd", "I'll"}:
        return text
    word = first.group().lower().replace("’", "'")
    known = {word, word.partition("'")[0]} & _common_words() or re.match(r"\w{3,}ing\b", word)
    return text[0].lower() + text[1:] if known else text


@cache
def _common_words() -> frozenset[str]:
    """Words that our own banks write in lower case somewhere: safe to lower at a sentence's start."""
    banks = (Path(__file__).parents[1] / "phrases" / "en").glob("*.toml")
    text = " ".join(path.read_text(encoding="utf-8") for path in banks)
    return frozenset(re.findall(r"(?<![\w'’.])[a-z]+(?:['’][a-z]+)?", text)) | load_words("openers")
