"""Messages that come again within a session, word for word or nearly."""

from __future__ import annotations

from collections.abc import Sequence

from agents.text import similarity, words

NEAR = 0.85
_SHORTEST = 4  # "Yeah, I guess." may come twice from anyone


def count_repeats(texts: Sequence[str]) -> int:
    """Return how many messages repeat an earlier one verbatim (but for space at the ends)."""
    said = [text.strip() for text in texts]
    return len(said) - len(set(said))


def count_near_repeats(texts: Sequence[str]) -> int:
    """Return how many messages of four or more words are like an earlier one.

    Alike means a Jaccard similarity of all words of .85 or more; verbatim repeats are included.
    """
    long = [text for text in texts if len(words(text)) >= _SHORTEST]
    return sum(
        any(similarity(text, earlier) >= NEAR for earlier in long[:place])
        for place, text in enumerate(long)
    )
