"""Scales are data: what stands in the project's files, and what is said of a file that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluators.scale import END, load_scale
from personas.errors import InputError

JUDGED = ("ctrs6", "ctrs11", "wai12", "cbt_qa", "crisp", "safety")
WARMTH = """
name = "Warmth"
source = "a study of our own"
minimum = 0
maximum = 4
[[items]]
id = "tone"
name = "Tone"
question = "How warm is it?"
anchors = { 0 = "Cold.", 4 = "Warm." }
"""


@pytest.mark.parametrize("name", JUDGED)
def test_every_judged_scale_has_all_its_words_in_both_languages(name: str) -> None:
    scale = load_scale(name)
    assert scale.speaks("en")
    assert scale.speaks("zh")
    assert scale.source
    assert scale.about_zh
    assert scale.guide_zh
    for item in scale.items:
        assert bool(item.question) == bool(item.question_zh)
        assert item.anchors.keys() == item.anchors_zh.keys()
        chinese = item.name_zh + item.question_zh + "".join(item.anchors_zh.values())
        letters = [sign for sign in chinese if sign.isalpha()]
        assert sum("一" <= sign <= "鿿" for sign in letters) > 0.9 * len(letters)


def test_the_instruments_have_their_size_and_range() -> None:
    sizes = {n: (len(s.items), s.minimum, s.maximum) for n in JUDGED for s in (load_scale(n),)}
    assert sizes == {
        "ctrs6": (6, 0, 6),
        "ctrs11": (11, 0, 6),
        "wai12": (12, 1, 5),
        "cbt_qa": (3, 0, 2),
        "crisp": (6, 0, 5),
        "safety": (9, 0, 1),
    }
    parts = [item.part for item in load_scale("wai12").items]
    assert {part: parts.count(part) for part in parts} == {"goal": 4, "task": 4, "bond": 4}


def test_a_form_is_its_scale_with_fewer_items() -> None:
    short, long = load_scale("ctrs6"), load_scale("ctrs11")
    assert (short.id, short.base, long.base) == ("ctrs6", "ctrs", "ctrs")
    assert all(item in long.items for item in short.items)
    assert short.digest != long.digest


def test_the_safety_flow_reaches_every_question_and_ends() -> None:
    scale = load_scale("safety")
    reached, open_ends = set(), [scale.items[0].id]
    while open_ends:
        name = open_ends.pop()
        if name != END and name not in reached:
            reached.add(name)
            open_ends += [scale.find(name).yes, scale.find(name).no]
    assert reached == {item.id for item in scale.items}
    assert {i.id for i in scale.items if i.severity == "veto"} == {
        "detects",
        "guides",
        "medical_advice",
        "harm",
    }


def write(folder: Path, text: str, name: str = "warmth.toml") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_a_file_of_ones_own_is_a_scale(tmp_path: Path) -> None:
    scale = load_scale(write(tmp_path, WARMTH))
    assert (scale.id, scale.base, scale.kind) == ("warmth", "warmth", "rating")
    assert scale.items[0].anchors == {0: "Cold.", 4: "Warm."}
    assert scale.speaks("en")
    assert not scale.speaks("zh")
    assert load_scale(write(tmp_path, WARMTH)).digest == scale.digest
    assert load_scale(write(tmp_path, WARMTH.replace("Cold", "Icy"))).digest != scale.digest


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("maximum = 4", "maximum = 0", ["field maximum", "must be above minimum"]),
        ("maximum = 4", "maximum = 40", ["field maximum", "less than 21"]),
        ("maximum = 4", 'maximum = "4"', ["field maximum", "valid integer"]),
        ("4 = ", "5 = ", ["field items[tone].anchors", "5 is outside of 0 to 4"]),
        ("4 = ", "most = ", ["field items[tone].anchors"]),
        ('id = "tone"', 'id = "The Tone"', ["field items[The Tone].id"]),
        ('id = "tone"\n', "", ["field items[1].id", "field required"]),
        ("question =", "qestion =", ["field items[tone].qestion", "did you mean question"]),
        ("source =", "sources =", ["field"]),
        ("[[items]]", "[items]", ["field items"]),
        ('name = "Tone"', 'name = "Tone"\nyes = "end"', ["items[tone]", 'kind = "flow"']),
        ("maximum = 4", 'maximum = 4\nkind = "flow"', ["field minimum", "a flow has no points"]),
        ("maximum = 4", 'maximum = 4\nforms.short = ["voice"]', ["forms.short", "no item 'voice'"]),
        ("maximum = 4", "maximum = ", ["invalid TOML"]),
    ],
)
def test_a_file_that_is_no_scale_is_refused_with_file_and_field(
    tmp_path: Path, before: str, after: str, told: list[str]
) -> None:
    assert before in WARMTH
    path = write(tmp_path, WARMTH.replace(before, after, 1))
    with pytest.raises(InputError) as caught:
        load_scale(path)
    assert str(caught.value).startswith(path)
    for part in told:
        assert part in str(caught.value)


def test_an_item_that_asks_nothing_and_one_that_stands_twice_are_refused(tmp_path: Path) -> None:
    bare = WARMTH.replace('question = "How warm is it?"\n', "")
    bare = bare.replace('anchors = { 0 = "Cold.", 4 = "Warm." }\n', "")
    with pytest.raises(InputError, match="give anchors, a question, or both"):
        load_scale(write(tmp_path, bare))
    items = WARMTH[WARMTH.index("[[items]]") :]
    with pytest.raises(InputError, match="'tone' stands twice"):
        load_scale(write(tmp_path, WARMTH + items))


@pytest.mark.parametrize(
    ("yes", "told"),
    [("first", "'first' is no later question"), ("nowhere", "'nowhere' is no later question")],
)
def test_a_flow_leads_forward(tmp_path: Path, yes: str, told: str) -> None:
    text = f"""
kind = "flow"
name = "Two questions"
source = "test"
[[items]]
id = "first"
name = "First"
question = "Is it?"
yes = "second"
no = "end"
[[items]]
id = "second"
name = "Second"
question = "Is it still?"
yes = "{yes}"
no = "end"
"""
    with pytest.raises(InputError, match=told):
        load_scale(write(tmp_path, text))


def test_a_file_may_not_take_the_name_of_a_scale(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is a scale ctrs6 already"):
        load_scale(write(tmp_path, WARMTH, "ctrs6.toml"))
    with pytest.raises(InputError, match="the file's name is the scale's id"):
        load_scale(write(tmp_path, WARMTH, "My Scale.toml"))
    with pytest.raises(InputError, match="no such file"):
        load_scale(str(tmp_path / "gone.toml"))
