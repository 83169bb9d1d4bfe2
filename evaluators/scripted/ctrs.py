"""The scripted CTRS rater: scores each item from what was done, and shows where it was done."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from agents.transcript import Transcript
from evaluators.scale import Item, ItemCount, ctrs_items
from evaluators.scripted.ctrs_rules import GOOD, RULES, Rule, Term
from evaluators.scripted.cues import load_section
from evaluators.scripted.features import Features, extract
from evaluators.verdict import Evidence, ItemRating, Verdict
from personas.schema import Language

FEWEST_EXCHANGES = 3
_TOLD = 0.25  # a term worth fewer points is not mentioned
_FAIR = 3.0  # from here on the quotes show what was good


def rate_ctrs(transcript: Transcript, language: Language, items: ItemCount = 6) -> Verdict:
    """Return ratings of 0 to 6 in steps of 0.5, each with 1 to 3 quotes and a one-sentence note.

    With fewer than three counselor messages after the client's first words every item is missing.
    Raises InputError for a language without cues.
    """
    seen = extract(transcript, language)
    asked_for = ctrs_items(items)
    if seen.exchanges < FEWEST_EXCHANGES:
        ratings = miss_all(asked_for, seen.exchanges, language)
    else:
        opening = first_words(transcript, seen)
        ratings = tuple(rate_item(item, seen, opening, language) for item in asked_for)
    return Verdict("scripted", f"ctrs{items}", ratings)


def miss_all(items: tuple[Item, ...], exchanges: int, language: Language) -> tuple[ItemRating, ...]:
    """Return missing ratings for a session of too few counselor messages."""
    why = (
        f"咨询师只说了 {exchanges} 次，至少要 {FEWEST_EXCHANGES} 次才能评"
        if language == "zh"
        else f"only {exchanges} counselor messages; at least {FEWEST_EXCHANGES} are needed"
    )
    return tuple(ItemRating(item.id, None, note=why) for item in items)


def first_words(transcript: Transcript, seen: Features) -> Evidence:
    """Return the counselor's first sentence, the quote where there is nothing better to show."""
    index = seen.first
    return Evidence(index, transcript[index].sentences[0].text)


def rate_item(item: Item, seen: Features, fallback: Evidence, language: Language) -> ItemRating:
    """Return one item's rating from its rule."""
    rule = RULES[item.id]
    gains = [(term.worth(seen), term) for term in rule.gains]
    gained = rule.base + sum(worth for worth, _ in gains)
    losses = [(term.worth(seen) * gained, term) for term in rule.losses]
    raw = gained * prod(1 - term.worth(seen) for term in rule.losses)
    held = raw > GOOD and not _client_took_part(rule, seen)
    score = round(min(GOOD if held else raw, 6.0) * 2) / 2
    good, bad = _notable(gains), _notable(losses)
    telling = good + bad if score >= _FAIR else bad + good
    quotes = seen.quotes(*(act for term in telling for act in term.acts)) or (fallback,)
    return ItemRating(item.id, score, quotes, _TELL[language](good, bad, rule, held))


def _notable(worths: list[tuple[float, Term]]) -> list[Term]:
    told = [pair for pair in worths if pair[0] >= _TOLD]
    return [term for _, term in sorted(told, key=lambda pair: -pair[0])]


def _client_took_part(rule: Rule, seen: Features) -> bool:
    return all(seen.share(*acts) > 0 for acts in rule.needs)


def _explain(good: list[Term], bad: list[Term], rule: Rule, held: bool) -> str:
    did = " and ".join(term.says for term in good[:2]) or rule.without
    link = ", but " if good else " and "
    but = link + " and ".join(term.says for term in bad[:2]) if bad else ""
    limit = "; held at 4 because the client's own part is missing" if held else ""
    return f"The counselor {did}{but}{limit}."


def _explain_zh(good: list[Term], bad: list[Term], rule: Rule, held: bool) -> str:
    zh: dict[str, str] = load_section("zh", "reasons")
    did = "，也".join(zh[term.says] for term in good[:2]) or zh[rule.without]
    link = "；不过" if good else "，而且"
    but = link + "，还".join(zh[term.says] for term in bad[:2]) if bad else ""
    limit = "；没看到来访者自己的那一份，所以最多给到 4 分" if held else ""
    return f"咨询师{did}{but}{limit}。"


_TELL: dict[Language, Callable[[list[Term], list[Term], Rule, bool], str]] = {
    "en": _explain,
    "zh": _explain_zh,
}
