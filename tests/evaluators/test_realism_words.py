"""What is counted in a session's words: lengths, repeats, role flips, motivation, variety."""

from __future__ import annotations

import random

import pytest

from agents.transcript import Sentence, Speaker, Transcript, Turn
from evaluators.realism.embedding import embedding_diversity
from evaluators.realism.fidelity import Fidelity, measure_session
from evaluators.realism.lexical import Sample, distinct, mtld, self_bleu
from evaluators.realism.motivation import find_motivated
from evaluators.realism.repeats import count_near_repeats, count_repeats
from evaluators.realism.roles import Flip, find_flips
from evaluators.realism.session import Session
from evaluators.realism.share import Share
from evaluators.realism.talk import count_words
from personas.schema import Language


def talk(*texts: str) -> Transcript:
    """A transcript in which the counselor starts and both take turns."""
    speakers = (Speaker.COUNSELOR, Speaker.CLIENT)
    return tuple(Turn(speakers[i % 2], (Sentence(text),)) for i, text in enumerate(texts))


def test_words_are_counted_in_both_languages() -> None:
    assert count_words("I don't know, really – maybe.") == 5
    assert count_words("我什么都做不好。") == 7


def test_verbatim_repeats_are_counted_once_each() -> None:
    assert count_repeats(["No.", "Yes.", "No. ", "No."]) == 2


def test_a_near_repeat_needs_four_words() -> None:
    said = "I just feel stuck in this cycle of doubt"
    assert count_near_repeats([said, "Something else entirely here.", f"Well, {said}."]) == 1
    assert count_near_repeats(["Yeah, I guess.", "Yeah, I guess!"]) == 0


@pytest.mark.parametrize(
    ("language", "text", "flips"),
    [
        ("en", "You should try writing it down every evening.", {Flip.ADVISES}),
        ("en", "What evidence do you have for that thought?", {Flip.ADVISES}),
        ("en", "How does that make you feel?", {Flip.ADVISES}),
        ("en", "Thank you so much, that's a great question.", {Flip.PRAISES}),
        ("en", "You have to be perfect or they notice.", set()),
        ("en", "Good question. I don't know.", set()),
        ("en", "Thanks for seeing me.", set()),
        ("zh", "您应该多休息。", {Flip.ADVISES}),
        ("zh", "您说得太对了，非常感谢您。", {Flip.PRAISES}),
        ("en", "Make of it what you want.", set()),
        ("zh", "我也不知道该说什么。", set()),
        ("zh", "您别嫌我啰嗦，租的房子就一室一厅。", set()),
    ],
)
def test_role_flips_are_told_from_plain_talk(
    language: Language, text: str, flips: set[Flip]
) -> None:
    assert list(find_flips(talk("Hm.", text), language)) == [flips]


def test_an_echo_is_one_only_of_the_counselor() -> None:
    asked = "So the empty kitchen and the silent phone leave you feeling forgotten by everyone."
    echo = "The empty kitchen and the silent phone leave me feeling forgotten by everyone."
    own = talk("Hm.", echo, asked, echo)
    assert list(find_flips(talk(asked, echo), "en")) == [{Flip.ECHOES}]
    assert list(find_flips(own, "en")) == [set(), set()]


@pytest.mark.parametrize(
    ("language", "text", "motivated"),
    [
        ("en", "I could ask her on Monday.", True),
        ("en", "I'll try it this week.", True),
        ("en", "That doesn't mean I'm useless.", True),
        ("en", "I could try, but I don't know if it works.", False),
        ("en", "Maybe I could ask him?", False),
        ("en", "I can't do that.", False),
        ("en", "It's all my fault.", False),
        ("en", "I'm going to freeze, I just know it.", False),
        ("en", "I'm not the only one in this, you know.", False),
        ("zh", "那我试试看吧。", True),
        ("zh", "这不等于我没用。", True),
        ("zh", "试了也没用。", False),
        ("zh", "我做不到。", False),
    ],
)
def test_motivation_is_heard(language: Language, text: str, motivated: bool) -> None:
    found = find_motivated(talk("Hello.", "I just sat there.", "And?", text), language)
    assert found == (2 if motivated else None)


def test_what_the_opening_promises_does_not_count() -> None:
    assert find_motivated(talk("Hello.", "I'll try anything."), "en") is None


def test_motivation_after_the_twentieth_message_is_too_late() -> None:
    fidelity = Fidelity()
    for number in (19, 20):
        texts = ["I sat in the car."] * number + ["I could ask her on Monday."]
        words = talk(*(part for text in texts for part in ("And?", text)))
        fidelity.add(measure_session(Session(str(number), words, "en")))
    assert (fidelity.motivated.hits, fidelity.motivated.n) == (1, 2)


def test_a_session_in_numbers() -> None:
    fidelity = Fidelity()
    fidelity.add(measure_session(Session("a", talk("One two three.", "One."), "en")))
    fidelity.add(measure_session(Session("b", talk("One.", "One two three."), "en")))
    fidelity.add(measure_session(Session("c", talk("你好。", "我不知道。"), "zh")))
    assert fidelity.median_length("en") == 2
    assert fidelity.mean_length("en") == 2
    assert fidelity.median_length("zh") == 4
    assert fidelity.talk.value == 8 / 14
    assert fidelity.repeat_sessions.value == 0
    assert fidelity.mean_lexical("mtld") is None  # too little was said


def test_mtld_equals_the_reference_implementation() -> None:
    """The figure is what lexicalrichness 0.5.1 gives for these tokens at a threshold of .72."""
    draw = random.Random(3)
    known = [a + b + c for a in "bdfgkm" for b in "aeiou" for c in "lnrst"]
    tokens = [known[int(len(known) * draw.random() ** 2.2)] for _ in range(400)]
    assert mtld(tokens) == pytest.approx(40.53997923156802)


def test_distinct_looks_at_a_fixed_window() -> None:
    assert distinct(["a", "b"] * 50, 1) == 0.02
    assert distinct(["a", "b"] * 50, 2) == 2 / 99
    assert distinct(["a", "b"] * 500, 1) == 0.02
    assert distinct(["a"] * 99, 1) is None


def test_self_bleu_is_one_for_copies_and_falls_with_difference() -> None:
    same = ["the cat sat on the mat today"] * 3
    near = [*same[:2], "the cat sat on a chair today"]
    apart = ["one two three four five", "six seven eight nine ten"]
    assert self_bleu(same) == pytest.approx(1.0)
    assert self_bleu(apart) == 0
    assert 0 < (self_bleu(near) or 0) < 1
    assert self_bleu(["alone"]) is None


def test_the_sample_hangs_on_ids_alone() -> None:
    sessions = [(str(number), [f"This is message {number} of many."]) for number in range(400)]
    there, back = Sample(), Sample()
    for name, texts in sessions:
        there.add(name, texts)
    for name, texts in reversed(sessions):
        back.add(name, texts)
    assert there.texts == back.texts
    assert len(there.texts) == 300


def test_wilson_interval_equals_the_published_example() -> None:
    """Newcombe 1998 (Statistics in Medicine 17, 857-872), table I: 81 of 263."""
    low, high = Share(81, 263).interval or (0, 0)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert Share().interval is None


def test_embedding_diversity_is_one_minus_the_mean_cosine() -> None:
    assert embedding_diversity([[3, 0], [1, 0]]) == pytest.approx(0)
    assert embedding_diversity([[2, 0], [0, 1], [0, 5]]) == pytest.approx(1 - 1 / 3)
    assert embedding_diversity([[1, 0]]) is None
