"""All voices of a session from one model, for those who play whole sessions against the server."""

from __future__ import annotations

from agents.llm.client.appraisal import ModelAppraiser
from agents.llm.client.voice import ModelClient
from agents.llm.counselors.supervisor import ModelSupervisor
from agents.models.reply import Model
from evaluators.llm.judge import ModelJudge
from evaluators.llm.panas import ModelObserver, ModelSelfReporter
from evaluators.llm.safety import ModelScreen
from evaluators.scale import load_scale
from graphs.state import Company


def hire(model: Model) -> Company:
    """Everybody beside the counselor, every one of them that model."""
    return Company(
        client=ModelClient(model, ModelAppraiser(model)),
        supervisor=ModelSupervisor(model),
        judges=(ModelJudge(model, load_scale("ctrs6")),),
        observer=ModelObserver(model),
        reporter=ModelSelfReporter(model),
        screen=ModelScreen(model),
    )
