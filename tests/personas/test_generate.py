"""Generated personas: even, deterministic, fitting together, all different, minors and risk asked for."""

import re
from functools import cache

import pytest

from personas.distortions import rank_distortions
from personas.errors import InputError
from personas.generator.coverage import measure_coverage
from personas.generator.generate import generate_personas
from personas.generator.material import FOLDER, load_generated
from personas.generator.nearness import near_duplicates
from personas.schema import Distortion, Domain, Persona, Risk, Topic

LANGUAGES = [path.name for path in sorted(FOLDER.iterdir()) if (path / "technology.toml").exists()]
SITUATIONS = {"en": 54, "zh": 54}
COUNT = 640  # four rounds of all pairs of domain and distortion


@cache
def make(language: str, seed: int = 3) -> tuple[Persona, ...]:
    return tuple(generate_personas(COUNT, language, seed))


def say(persona: Persona) -> str:
    return persona.model_dump_json()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_material_has_all_domains_and_situations(language):
    situations = load_generated(language).situations
    assert len(situations) == SITUATIONS[language]
    assert {s.domain for s in situations} == set(Domain)
    assert len({s.id for s in situations}) == len(situations)
    assert set(load_generated(language).distortions) == set(Distortion)


@pytest.mark.parametrize("language", LANGUAGES)
def test_margins_and_pairs_are_even(language):
    for spread in measure_coverage(make(language)):
        assert spread.even - 2 <= spread.fewest <= spread.most <= spread.even + 2, spread


def test_ten_percent_holds_for_pairs_in_a_larger_set():
    spreads = measure_coverage(tuple(generate_personas(3200, "en", 1)))
    assert max(spread.worst for spread in spreads if spread.even > 30) <= 0.1


@pytest.mark.parametrize("language", LANGUAGES)
def test_same_seed_same_bytes_and_a_smaller_set_is_the_beginning(language):
    again = list(generate_personas(40, language, 3))
    assert [say(p) for p in again] == [say(p) for p in make(language)[:40]]
    other = list(generate_personas(40, language, 4))
    assert not {say(p) for p in again} & {say(p) for p in other}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_slot_is_left_open_and_no_line_is_said_twice(language):
    for persona in make(language):
        profile = persona.profile
        lines = [profile.situation, profile.automatic_thought, profile.rule, profile.core_belief]
        lines += [item.text for item in profile.disclosures]
        for thought in profile.thoughts:
            lines += [thought.text, thought.balanced]
            lines += [fact.text for fact in (*thought.evidence_for, *thought.evidence_against)]
        assert len(lines) == len(set(lines)), persona.id
        assert not re.search(r"[{}|@]", " ".join(lines) + persona.opening), persona.id
        assert not re.search(r"[{}|@]", " ".join(persona.intake.model_dump().values()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_thoughts_are_of_different_distortions_and_ask_for_two_facts_each(language):
    for persona in make(language):
        kinds = [thought.distortion for thought in persona.profile.thoughts]
        assert len(kinds) == len(set(kinds))
        for thought in persona.profile.thoughts:
            assert len(thought.evidence_for) >= 2
            assert len(thought.evidence_against) >= 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_thoughts_are_heard_as_the_distortion_they_are(language):
    thoughts = [t for persona in make(language) for t in persona.profile.thoughts]
    heard = [t for t in thoughts if t.distortion in rank_distortions(t.text, language)[:2]]
    assert len(heard) / len(thoughts) >= 0.95


@pytest.mark.parametrize("language", LANGUAGES)
def test_near_duplicates_are_rare_and_found(language):
    personas = list(make(language))
    assert near_duplicates(personas) == set()
    twin = personas[7].model_copy(update={"id": "twin"})
    assert near_duplicates([*personas, twin]) == {7, len(personas)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_adults_without_risk_unless_asked(language):
    assert all(18 <= (p.demographics.age or 0) <= 84 for p in make(language))
    assert {p.risk for p in make(language)} == {Risk.NONE}


@pytest.mark.parametrize("language", LANGUAGES)
def test_minors_are_a_fifth_band_and_go_to_school(language):
    personas = list(generate_personas(200, language, 2, minors=True))
    minors = [p for p in personas if (p.demographics.age or 0) < 18]
    assert 38 <= len(minors) <= 42
    assert all((p.demographics.age or 0) >= 13 for p in minors)
    assert len({p.demographics.marital_status for p in minors}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("risk", [Risk.PASSIVE, Risk.ACTIVE])
def test_risk_is_told_by_one_secret(language, risk):
    for persona in generate_personas(30, language, 0, risk=risk):
        secrets = [d for d in persona.profile.disclosures if d.topic is Topic.SECRET]
        assert persona.risk is risk
        assert len(secrets) == 1
        assert secrets[0].trust == 30


def test_demographics_fit_each_other():
    for persona in make("en"):
        person = persona.demographics
        age = person.age or 0
        children = [
            int(years) for years in re.findall(r"(?:son|daughter) \w+, (\d+)", person.family or "")
        ]
        assert all(age - years >= 21 for years in children), persona.id
        if (person.occupation or "").startswith("Retired"):
            assert age >= 60
        if (person.occupation or "").startswith("Student"):
            assert "college" in (person.education or "")
        if person.marital_status == "Married":
            assert re.search(r"Wife|Husband", person.family or "")


def test_a_language_without_material_is_refused(monkeypatch, tmp_path):
    (tmp_path / "zh").mkdir()
    (tmp_path / "zh" / "people.toml").write_text("")
    monkeypatch.setattr("personas.generator.material.FOLDER", tmp_path)
    load_generated.cache_clear()
    with pytest.raises(
        InputError, match=r"no material to generate personas in 'zh' \(missing: common"
    ):
        next(generate_personas(1, "zh"))
    load_generated.cache_clear()
