"""From written to spoken: contractions, plain words, lengths, and refusals."""

import pytest

from personas.importers.spoken import (
    contract,
    cut_to,
    extract_event,
    extract_moments,
    extract_thoughts,
    finish_line,
    is_cut_off,
    is_plain,
    say_onset,
    speak,
    split_sentences,
    straighten,
)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("I am late", "I'm late"),
        ("I will not go", "I'll not go"),
        ("he will not call", "he won't call"),
        ("I did not stack them and I cannot sleep", "I didn't stack them and I can't sleep"),
        ("I have been ill but I have a sister", "I've been ill but I have a sister"),
        ("it is not fair", "it isn't fair"),
    ],
)
def test_contractions(written, said):
    assert contract(written) == said


def test_finish_line_starts_plainly_and_ends_with_a_stop():
    assert finish_line("because the bus was late, ") == "The bus was late."
    assert finish_line("who knows?") == "Who knows?"


def test_speak_cuts_at_the_joint_where_the_form_begins_to_explain():
    line = speak("I will never own a boat, leading to feelings of envy", low=4, high=14)
    assert line == "I'll never own a boat."


def test_speak_shortens_to_the_limit_and_never_ends_on_a_loose_word():
    written = (
        "I dropped the cake in front of the guests and the whole family at the wedding last May"
    )
    line = speak(written, low=4, high=9)
    assert line == "I dropped the cake in front of the guests."
    assert is_cut_off("I dropped the")


def test_speak_refuses_the_words_of_forms():
    assert speak("my self-esteem has been impacted", low=3, high=14) is None
    assert not is_plain("This negative belief persists.")


def test_extract_thoughts_finds_what_the_client_believes():
    problem = "I feel like I will never learn to swim because I am forty, causing distress."
    assert "I'll never learn to swim because I'm forty." in extract_thoughts(problem)


def test_extract_event_takes_the_first_text_that_tells_one():
    told = extract_event(["Things are hard.", "It started when I burnt the soup at my sister's."])
    assert told == "I burnt the soup at my sister's."
    assert extract_event(["Things are hard."]) is None


def test_extract_moments_says_when_it_comes():
    lines = extract_moments("I experience this every time I open the oven, and it is tiring.")
    assert lines == ["It's there every time I open the oven."]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("It started around two years ago.", "It started about two years ago, near enough."),
        ("It has been present for a few months.", "It's been going on for a few months now."),
        ("This started during my teenage years.", "It goes back to when I was a teenager."),
        ("It began last week.", "It only started last week."),
        ("It began when the shop closed.", None),
    ],
)
def test_say_onset(written, said):
    assert say_onset(written) == said


def test_cut_to_keeps_whole_sentences():
    assert cut_to("One two. Three four five. Six.", 5) == "One two. Three four five."
    assert cut_to("One two three.", 2) == ""


def test_straighten_and_split():
    assert straighten("it’s \n “so”") == 'it\'s "so"'
    assert split_sentences("A b. C d?\nE") == ["A b.", "C d?", "E"]
