"""The taxonomy and its cues: complete, consistent with the published lists, and precise."""

import re

import pytest

from personas.builtin import load_builtin
from personas.distortions import rank_distortions, score_distortions, taxonomy
from personas.importers.inference_material import load_material
from personas.schema import Distortion

PLAIN = (
    "I went to the shop on Tuesday.",
    "My sister came by with soup.",
    "He works at the depot.",
    "I've got two kids.",
    "We moved here in March.",
    "The doctor gave me tablets.",
    "My hands go cold.",
    "I like walking by the river.",
    "It rained on the way here.",
)


def test_taxonomy_has_every_distortion_in_the_order_of_the_enum():
    assert list(taxonomy()) == list(Distortion)
    for kind, info in taxonomy().items():
        assert info.id is kind
        assert info.name.en
        assert info.name.zh
        assert info.definition.pick("zh")
        assert 8 <= len(info.cues.en) <= 14
        assert 3 <= len(info.examples) <= 4


def test_membership_follows_the_published_lists():
    crisp = [kind for kind, info in taxonomy().items() if info.crisp15]
    reframe = [kind for kind, info in taxonomy().items() if info.patternreframe10]
    assert len(crisp) == 15
    assert Distortion.LABELING not in crisp
    assert len(reframe) == 10
    assert Distortion.JUMPING_TO_CONCLUSIONS not in reframe


def test_only_the_two_kinds_of_jumping_have_a_parent():
    parents = {kind: info.parent for kind, info in taxonomy().items() if info.parent}
    jumping = Distortion.JUMPING_TO_CONCLUSIONS
    assert parents == {Distortion.MIND_READING: jumping, Distortion.FORTUNE_TELLING: jumping}


def test_plain_words_complete_a_sentence():
    for info in taxonomy().values():
        assert not re.search(r"distort|cognit|thinking|fallacy", info.plain.en)
        assert info.plain.en == info.plain.en.strip(" .")


@pytest.mark.parametrize("kind", list(Distortion))
def test_own_examples_are_heard_in_the_first_two(kind):
    for example in taxonomy()[kind].examples:
        assert kind in rank_distortions(example)[:2], example


@pytest.mark.parametrize("sentence", PLAIN)
def test_plain_sentences_fire_nothing(sentence):
    assert score_distortions(sentence) == {}


def test_catalogue_thoughts_are_heard_in_the_first_two():
    thoughts = [thought for persona in load_builtin() for thought in persona.profile.thoughts]
    heard = [t for t in thoughts if t.distortion in rank_distortions(t.text)[:2]]
    assert len(heard) / len(thoughts) >= 0.85


def test_generic_thoughts_of_the_importer_are_heard_in_the_first_two():
    for kind, generic in load_material().generic.items():
        for line in generic.thoughts:
            assert kind in rank_distortions(line.replace("{topic}", "running"))[:2], line


def test_more_cues_come_first_and_ties_keep_the_order_of_the_enum():
    text = "They all think I'm a fraud, and I'm a loser."
    scores = score_distortions(text)
    ranked = rank_distortions(text)
    order = list(Distortion)
    assert ranked == sorted(scores, key=lambda kind: (-scores[kind], order.index(kind)))
    assert all(count > 0 for count in scores.values())


def test_curly_apostrophes_are_heard_like_straight_ones():
    assert score_distortions("I’m a failure.") == score_distortions("I'm a failure.")
