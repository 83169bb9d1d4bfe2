"""How varied the client's words are: distinct-n, MTLD, and self-BLEU over a sample of messages."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp, log
from zlib import crc32

from agents.text import words

_WINDOW = 100
_TTR = 0.72
_SAMPLE = 300
_SHORTEST = 5
_ORDERS = (1, 2, 3, 4)
Gram = tuple[str, ...]


def client_words(texts: Sequence[str]) -> tuple[str, ...]:
    """Return all words of a client in a session, lower case; a Chinese character is a word."""
    return tuple(word for text in texts for word in words(text))


def distinct(tokens: Sequence[str], order: int) -> float | None:
    """Return the share of n-grams that differ within the first hundred words (Li et al. 2016).

    The fixed window makes corpora of different size comparable; `None` for fewer words.
    """
    if len(tokens) < _WINDOW:
        return None
    grams = _grams(tokens[:_WINDOW], order)
    return len(set(grams)) / len(grams)


def mtld(tokens: Sequence[str]) -> float | None:
    """Return the measure of textual lexical diversity, mean of both directions.

    McCarthy & Jarvis 2010, factor size .72; `None` under a hundred words, where it is unreliable.
    """
    if len(tokens) < _WINDOW:
        return None
    return (_mtld_one_way(tokens) + _mtld_one_way(tokens[::-1])) / 2


def _mtld_one_way(tokens: Sequence[str]) -> float:
    factors, seen, count, ratio = 0.0, set[str](), 0, 1.0
    for token in tokens:
        seen.add(token)
        count += 1
        ratio = len(seen) / count
        if ratio <= _TTR:
            factors, seen, count, ratio = factors + 1, set(), 0, 1.0
    factors += (1 - ratio) / (1 - _TTR)
    return len(tokens) / factors if factors else float(len(tokens))


@dataclass
class Sample:
    """Three hundred client messages of five or more words, one per session at most.

    The choice hangs on a hash of the session's id alone: equal runs, in any order, give equal samples.
    """

    _heap: list[tuple[int, str]] = field(default_factory=list)

    def add(self, session: str, texts: Sequence[str]) -> None:
        """Offer the messages of one session."""
        fitting = [text for text in texts if len(words(text)) >= _SHORTEST]
        if not fitting:
            return
        draw = crc32(f"self-bleu/{session}".encode())
        entry = (-draw, fitting[draw % len(fitting)])
        if len(self._heap) < _SAMPLE:
            heapq.heappush(self._heap, entry)
        else:
            heapq.heappushpop(self._heap, entry)

    @property
    def texts(self) -> list[str]:
        """Return the sampled messages."""
        return [text for _, text in sorted(self._heap)]


def self_bleu(texts: Sequence[str]) -> float | None:
    """Return the mean BLEU-4 (0 to 1) of each message against all the others (Zhu et al. 2018).

    Low means that messages differ. Clipped precisions are smoothed by adding one from bigrams on;
    there is no brevity penalty, since some other message always is as short. `None` for under two.
    """
    if len(texts) < 2:
        return None
    counts = [[Counter(_grams(words(text), order)) for order in _ORDERS] for text in texts]
    tops = [_top_two([grams[place] for grams in counts]) for place in range(len(_ORDERS))]
    scores = [_bleu(own, grams, tops) for own, grams in enumerate(counts)]
    return sum(scores) / len(scores)


def _bleu(
    own: int, counts: list[Counter[Gram]], tops: list[dict[Gram, list[tuple[int, int]]]]
) -> float:
    logs = []
    for order, (grams, top) in enumerate(zip(counts, tops, strict=True), start=1):
        clipped = sum(min(n, _most_elsewhere(top[gram], own)) for gram, n in grams.items())
        smooth = 0 if order == 1 else 1
        share = (clipped + smooth) / (grams.total() + smooth)
        if not share:
            return 0.0
        logs.append(log(share))
    return exp(sum(logs) / len(logs))


def _top_two(counts: list[Counter[Gram]]) -> dict[Gram, list[tuple[int, int]]]:
    """Return for every n-gram where it occurs most and second most: (times, message)."""
    top: dict[Gram, list[tuple[int, int]]] = {}
    for message, grams in enumerate(counts):
        for gram, times in grams.items():
            top[gram] = sorted([*top.get(gram, ()), (times, message)], reverse=True)[:2]
    return top


def _most_elsewhere(top: list[tuple[int, int]], own: int) -> int:
    return next((times for times, message in top if message != own), 0)


def _grams(tokens: Sequence[str], order: int) -> list[Gram]:
    return [tuple(tokens[i : i + order]) for i in range(len(tokens) - order + 1)]
