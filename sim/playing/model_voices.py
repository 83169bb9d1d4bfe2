"""The voices that need model code, in one place, so that a scripted run never imports it."""

from agents.llm.client.appraisal import ModelAppraiser
from agents.llm.client.voice import ModelClient
from agents.llm.counselors.protocols import build_model_counselor
from agents.llm.counselors.supervisor import ModelSupervisor
from agents.models.caller import Caller
from agents.models.endpoint import parse_spec as find_endpoint
from agents.models.ledger import LedgerModel
from agents.models.resampled import ResampledModel
from evaluators.llm.judge import ModelJudge
from evaluators.llm.pairwise import ModelPairJudge
from evaluators.llm.panas import ModelObserver, ModelSelfReporter
from evaluators.llm.safety import ModelScreen

__all__ = [
    "Caller",
    "LedgerModel",
    "ModelAppraiser",
    "ModelClient",
    "ModelJudge",
    "ModelObserver",
    "ModelPairJudge",
    "ModelScreen",
    "ModelSelfReporter",
    "ModelSupervisor",
    "ResampledModel",
    "build_model_counselor",
    "find_endpoint",
]
