"""How often a client goes along, by attitude: read from the words, and exactly from the mind's acts."""

from __future__ import annotations

from agents.hearing.lexicon import matches
from agents.mind.intent import Act
from evaluators.realism.session import Session
from evaluators.realism.share import Share

_BALKS = frozenset({"refusal", "hostile", "stuck"})
_HOLDS_OUT = frozenset({Act.HOLD_BACK, Act.STUCK, Act.DRY, Act.FADE, Act.LEAVE})


def cooperation_by_words(session: Session) -> Share:
    """Return in how many messages no cue of refusing, hostility or being stuck is heard."""
    share = Share()
    for text in session.client_texts:
        share.add(not matches(session.language, "client", text) & _BALKS)
    return share


def cooperation_by_act(session: Session) -> Share:
    """Return in how many messages the mind decided to give what was asked for; empty without a trace."""
    share = Share()
    for gauge in session.trace:
        share.add(gauge.act not in _HOLDS_OUT)
    return share
