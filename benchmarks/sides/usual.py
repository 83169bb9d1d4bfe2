"""The same session written the usual way: LangGraph, stock ChatOpenAI, MemorySaver."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import MemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages

from benchmarks.sides.measured import (
    GREETING,
    MESSAGES,
    NOTE,
    QUESTIONS,
    Cost,
    allow_files,
    choose_people,
    measure,
    write_client,
    write_counselor,
)
from evaluators.llm.judge import rubric
from evaluators.scale import load_scale


class Session(TypedDict):
    """What the graph carries: the counselor speaks as the assistant."""

    counselor: str
    client: str
    messages: Annotated[list[AnyMessage], add_messages]
    spoken: int
    ratings: list[str]


def build_graph(llm: ChatOpenAI) -> Any:
    """Return the compiled graph with a checkpointer."""

    async def speak(state: Session) -> dict[str, Any]:
        talk = [SystemMessage(state["counselor"]), HumanMessage("(The client comes in.)")]
        reply = await llm.ainvoke([*talk, *state["messages"]])
        return {"messages": [reply], "spoken": state["spoken"] + 1}

    async def answer(state: Session) -> dict[str, Any]:
        turned = [
            HumanMessage(m.content) if isinstance(m, AIMessage) else AIMessage(m.content)
            for m in state["messages"]
        ]
        turned[-1] = HumanMessage(f"{turned[-1].content}\n\n{NOTE}")
        reply = await llm.ainvoke([SystemMessage(state["client"]), *turned])
        return {"messages": [HumanMessage(reply.content)]}

    async def judge(state: Session) -> dict[str, Any]:
        said = "\n".join(f"{m.type}: {m.content}" for m in state["messages"])
        system = SystemMessage(rubric(load_scale("ctrs6"), "en"))
        ratings = [
            (await llm.ainvoke([system, HumanMessage(f"{said}\n\n{question}")])).content
            for question in QUESTIONS
        ]
        return {"ratings": ratings}

    def go_on(state: Session) -> str:
        return "judge" if state["spoken"] >= MESSAGES else "answer"

    graph = StateGraph(Session)
    for name, node in (("speak", speak), ("answer", answer), ("judge", judge)):
        graph.add_node(name, node)
    graph.add_edge(START, "speak")
    graph.add_conditional_edges("speak", go_on)
    graph.add_edge("answer", "speak")
    graph.add_edge("judge", END)
    return graph.compile(checkpointer=MemorySaver())


def play_usual(url: str, episodes: int, in_flight: int) -> Cost:
    """Play that many episodes and write each as a line."""
    allow_files()
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_play_all(url, episodes, in_flight, Path(folder) / "episodes.jsonl"))


async def _play_all(url: str, episodes: int, in_flight: int, path: Path) -> Cost:
    llm = ChatOpenAI(model="instant", base_url=url, api_key="none", seed=1)
    graph = build_graph(llm)
    owed = enumerate(choose_people(episodes))

    async def work() -> None:
        for thread, persona in owed:
            start = {
                "counselor": write_counselor(persona),
                "client": write_client(persona),
                "messages": [AIMessage(GREETING), HumanMessage(persona.opening)],
                "spoken": 0,
                "ratings": [],
            }
            config = {"configurable": {"thread_id": str(thread)}, "recursion_limit": 100}
            final = await graph.ainvoke(start, config)
            lines = [{"role": m.type, "content": m.content} for m in final["messages"]]
            with path.open("a") as file:
                file.write(json.dumps({"messages": lines, "ratings": final["ratings"]}) + "\n")

    with measure() as cost:
        await asyncio.gather(*[work() for _ in range(in_flight)])
    return cost
