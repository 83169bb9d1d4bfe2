"""A played session as one training row: the very messages that `plain` sends, to the last word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from langchain_core.messages import AIMessage, convert_to_openai_messages

from agents.counselors.base import CounselorView
from agents.formulation import Formulation
from agents.llm.plain import lay_out_plain
from graphs.state import Finish
from runs.record import Episode

CLOSED = (Finish.RESOLVED, Finish.COUNSELOR_ENDED)
KEPT = (*CLOSED, Finish.CLIENT_ENDED)
END = " [End]"


def write_row(episode: Episode) -> dict[str, object]:
    """Return a row in TRL's conversational form, `messages`, with its key and its persona."""
    view = CounselorView(
        episode.persona.public(), episode.transcript, Formulation(), "", episode.language, 0
    )
    messages = lay_out_plain(view)
    if not isinstance(messages[-1], AIMessage):
        messages = messages[:-1]  # the client had the last word: nothing to learn from it
    plain = convert_to_openai_messages(messages)
    if episode.finish in CLOSED:
        plain[-1]["content"] += END
    return {"messages": plain, "key": episode.key, "persona": episode.persona.id}


def iter_rows(episodes: Iterable[Episode]) -> Iterator[dict[str, object]]:
    """Yield a row for every session that came to an end of its own."""
    return (write_row(episode) for episode in episodes if episode.finish in KEPT)
