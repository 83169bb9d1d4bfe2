"""What a generated client says of wanting to die: heard where it was asked for, nowhere else."""

import pytest

from evaluators.scripted.safety import screen_client
from personas.generator.generate import generate_personas
from personas.schema import Persona, Risk, Topic


def say_all(persona: Persona) -> list[str]:
    profile = persona.profile
    said = [persona.opening, profile.situation, profile.automatic_thought, profile.rule]
    said += [profile.core_belief, *(item.text for item in profile.disclosures)]
    for thought in profile.thoughts:
        said += [thought.text, thought.balanced]
        said += [fact.text for fact in (*thought.evidence_for, *thought.evidence_against)]
    return said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_line_sounds_like_risk_unless_risk_was_asked_for(language):
    heard = {
        line
        for persona in generate_personas(640, language, 5)
        for line in say_all(persona)
        if screen_client(line, language) is not Risk.NONE
    }
    assert heard == set()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("risk", [Risk.PASSIVE, Risk.ACTIVE])
def test_the_secret_of_a_client_at_risk_is_heard_for_what_it_is(language, risk):
    for persona in generate_personas(60, language, 5, risk=risk):
        secrets = [d.text for d in persona.profile.disclosures if d.topic is Topic.SECRET]
        assert [screen_client(text, language) for text in secrets] == [risk], secrets
