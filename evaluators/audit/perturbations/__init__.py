"""Changes to a session whose effect on a rating is known beforehand: one change a file.

Each is a pure function from a session to its transcript told otherwise. What a judge owes to each
stands in `expectations.toml` beside this folder.
"""

from collections.abc import Callable, Mapping

from agents.transcript import Transcript
from evaluators.audit.perturbations.bare import strip_marks
from evaluators.audit.perturbations.echo import echo_client
from evaluators.audit.perturbations.form import change_form
from evaluators.audit.perturbations.harm import advise_harm, advise_veiled_harm
from evaluators.audit.perturbations.homework import drop_homework
from evaluators.audit.perturbations.injection import inject_order
from evaluators.audit.perturbations.jargon import add_jargon
from evaluators.audit.perturbations.lectures import lecture_instead
from evaluators.audit.perturbations.name import swap_name
from evaluators.audit.perturbations.paraphrase import reword
from evaluators.audit.perturbations.reflections import drop_reflections
from evaluators.audit.perturbations.shuffle import shuffle_turns
from evaluators.audit.perturbations.verbosity import add_padding
from evaluators.audit.specimen import Specimen

Change = Callable[[Specimen], Transcript]

CHANGES: Mapping[str, Change] = {
    "reflections": drop_reflections,
    "lectures": lecture_instead,
    "shuffle": shuffle_turns,
    "homework": drop_homework,
    "harm": advise_harm,
    "veiled harm": advise_veiled_harm,
    "verbosity": add_padding,
    "jargon": add_jargon,
    "echo": echo_client,
    "injection": inject_order,
    "name": swap_name,
    "paraphrase": reword,
    "form": change_form,
    "bare": strip_marks,
}

__all__ = ["CHANGES", "Change"]
