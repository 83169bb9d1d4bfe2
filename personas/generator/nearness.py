"""How alike generated personas are: 3-shingles of what they think and tell, compared by Jaccard.

A shingle is three words in a row (English) or three characters (Chinese) of the situation, the
thoughts and the evidence. Pairs are found by prefix filtering (Chaudhuri et al. 2006), which
misses none: two sets this alike must share one of their rarest shingles.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from math import ceil

from personas.schema import Persona

NEAR = 0.8
_WORDS = re.compile(r"[a-z0-9']+|[\u4e00-\u9fff]")


def near_duplicates(personas: Sequence[Persona], least: float = NEAR) -> set[int]:
    """Return the places of the personas that have another at least this alike (0 to 1)."""
    sets = [shingles(persona) for persona in personas]
    counts = Counter(shingle for shingle_set in sets for shingle in shingle_set)
    rarest = sorted(counts, key=lambda shingle: (counts[shingle], shingle))
    ranks = {shingle: rank for rank, shingle in enumerate(rarest)}
    alone = sum(1 for count in counts.values() if count == 1)  # these are in no other set
    coded = [sorted(ranks[shingle] for shingle in shingle_set) for shingle_set in sets]
    found: set[int] = set()
    index: dict[int, list[int]] = defaultdict(list)
    whole = [frozenset(codes) for codes in coded]
    for place, codes in enumerate(coded):
        prefix = codes[: len(codes) - ceil(least * len(codes)) + 1]
        for other in {other for code in prefix for other in index[code]}:
            if is_near(whole[place], whole[other], least):
                found |= {place, other}
        for code in prefix:
            if code >= alone:
                index[code].append(place)
    return found


def shingles(persona: Persona) -> frozenset[str]:
    """Return the shingles of the situation, the thoughts and the evidence."""
    profile = persona.profile
    lines = [profile.situation, profile.automatic_thought]
    for thought in profile.thoughts:
        lines += [thought.text, thought.balanced]
        lines += [fact.text for fact in (*thought.evidence_for, *thought.evidence_against)]
    return frozenset(part for line in lines for part in _split(line))


def _split(line: str) -> list[str]:
    words = _WORDS.findall(line.lower())
    return [" ".join(words[i : i + 3]) for i in range(max(1, len(words) - 2))]


def is_near(one: frozenset[int], other: frozenset[int], least: float) -> bool:
    """Tell whether the Jaccard index of two sets reaches `least`."""
    small, big = sorted((len(one), len(other)))
    if small < least * big:
        return False
    shared = len(one & other)
    return shared >= least * (small + big - shared)
