"""Overlap, structure, corpus counts, and the rows they are counted on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("sacrebleu", reason="the extra stats is not installed")
pytest.importorskip("nltk", reason="the extra stats is not installed")

from evaluators.text_metrics.answers import Answer, find_language, pair_answers, read_answers
from evaluators.text_metrics.corpus import describe_corpus, find_names
from evaluators.text_metrics.overlap import measure_overlap
from evaluators.text_metrics.structure import PARTS, find_structure, summarize_structure
from personas.distortions import taxonomy
from personas.errors import InputError
from personas.schema import Distortion

EN = {
    "validation": "It makes sense that you feel worn out, and that sounds painful.",
    "key_thought": "One thought seems to stand behind it: a late reply means you do not matter.",
    "challenge": "What else could have kept your sister from answering on Sunday?",
    "strategy": "You could try to write down three other reasons tomorrow evening.",
    "encouragement": "This is only a first step, and it may take time.",
}
ZH = {
    "validation": "我能感受到你这阵子有多累，换谁都会很难受。",
    "key_thought": "你似乎把一次没回消息当成了自己不重要。",
    "challenge": "那天姐姐没回，会不会还有别的原因呢？",
    "strategy": "明天可以试着写下三个别的可能。",
    "encouragement": "慢慢来，这只是第一步。",
}


@pytest.mark.parametrize(("parts", "language"), [(EN, "en"), (ZH, "zh")])
def test_five_parts_are_heard_where_they_are_and_missed_where_they_are_not(
    parts: dict[str, str], language: str
) -> None:
    glue = " " if language == "en" else ""
    whole = find_structure(glue.join(parts.values()), language)
    assert whole.present == PARTS
    assert whole.in_order
    for part in PARTS:
        rest = [text for name, text in parts.items() if name != part]
        assert part not in find_structure(glue.join(rest), language).present
    assert not find_structure(glue.join(reversed(parts.values())), language).in_order


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Drink water. Sleep. The weather was bad on Monday.", "en"),
        ("多喝热水。早点睡。周一天气不好。", "zh"),
        ("", "en"),
    ],
)
def test_plain_words_have_none_of_the_parts(text: str, language: str) -> None:
    assert find_structure(text, language).present == ()


def test_shares_of_the_parts_over_a_corpus() -> None:
    whole = " ".join(EN.values())
    backwards = " ".join(reversed(EN.values()))
    found = summarize_structure([whole, backwards, EN["validation"], "No."], "en")
    assert found.parts["validation"] == 0.75
    assert found.parts["strategy"] == 0.5
    assert (found.all_five, found.in_order) == (0.5, 0.25)


def test_the_same_answer_has_full_overlap_and_a_foreign_one_none() -> None:
    texts = [" ".join(EN.values()), EN["strategy"]]
    same = measure_overlap(texts, texts, "en")
    assert same["bleu"].value == pytest.approx(1)
    assert same["chrf"].value == pytest.approx(1)
    assert same["meteor"].value > 0.99
    other = measure_overlap(["xyzzy qwrt"], ["bread and milk"], "en")
    assert all(metric.value < 0.06 for metric in other.values())


def test_meteor_is_nltks_documented_example() -> None:
    given = "It is a guide to action which ensures that the military always obeys the commands of the party"
    held = "It is a guide to action that ensures that the military will forever heed Party commands"
    assert round(measure_overlap([given], [held], "en")["meteor"].value, 4) == 0.6944


def test_bleu_and_chrf_are_sacrebleus_documented_example() -> None:
    # the README's example: one of its references
    given = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."]
    held = ["The dog bit the man.", "It was not unexpected.", "The man bit him first."]
    import sacrebleu

    found = measure_overlap(given, held, "en")
    assert found["bleu"].value * 100 == pytest.approx(sacrebleu.corpus_bleu(given, [held]).score)
    assert found["chrf"].value * 100 == pytest.approx(sacrebleu.corpus_chrf(given, [held]).score)
    assert "tok:13a" in found["bleu"].signature


def test_chinese_is_compared_by_character() -> None:
    found = measure_overlap(["我最近真的很累，也睡不好。"], ["我最近真的很烦，也睡不好。"], "zh")
    assert "tok:zh" in found["bleu"].signature
    assert found["bleu"].value > 0.6  # one of 13 characters differs
    assert found["meteor"].value > 0.8
    shuffled = measure_overlap(["好不睡也累很的真近最我。"], ["我最近真的很累，也睡不好。"], "zh")
    assert shuffled["bleu"].value < 0.3


def test_every_name_of_the_taxonomy_is_found_in_an_answer() -> None:
    everyday = {
        Distortion.BLAMING
    }  # a plain word, in both languages: it needs a sign that it is meant
    for distortion, info in taxonomy().items():
        for text in (f"This looks like {info.name.en} to me.", f"这有点像“{info.name.zh}”。"):
            assert (distortion in find_names(text)) is (distortion not in everyday)
    assert find_names("Stop blaming yourself for the rain.") == set()
    assert find_names("这里有全然或无和以偏概全。") == {
        Distortion.ALL_OR_NOTHING,
        Distortion.OVERGENERALIZATION,
    }


def test_corpus_counts() -> None:
    rows = [
        Answer("1", "为什么？", "我睡不着。", "", "这是过度概括和灾难化。"),
        Answer("2", "怎么办？？", "", "怎么办？？", "早点睡。"),
    ]
    found = describe_corpus(rows)
    assert (found.answers, found.naming, found.naming_share) == (2, 1, 0.5)
    assert found.distortions == {"overgeneralization": 1, "catastrophizing": 1}
    assert (found.question_chars, found.description_chars) == (4.5, 5)
    assert (found.asked_chars, found.answer_chars) == (5, 7.5)


def write(path: Path, *rows: object) -> Path:
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_rows_are_paired_by_id_or_by_number(tmp_path: Path) -> None:
    given = read_answers(write(tmp_path / "g", {"id": 2, "output": "b"}, {"id": 1, "output": "a"}))
    held = read_answers(write(tmp_path / "h", {"output": "A"}, "", {"output": " B "}))
    assert pair_answers(given, held, tmp_path) == (["b", "a"], ["B", "A"])


@pytest.mark.parametrize(
    ("rows", "where", "what"),
    [
        (({"output": "a"}, {"output": "  "}), "line 2, field output", "at least 1"),
        (({"text": "a"},), "line 1, field output", "required"),
        (({"id": 1, "output": "a"}, {"id": 1, "output": "b"}), "line 2, field id", "twice"),
        (("{",), "line 1, column 2", "invalid JSON"),
        (([1],), "line 1", "dictionary"),
        ((), "rows", "no answers"),
    ],
)
def test_bad_rows_are_refused_with_line_and_field(
    tmp_path: Path, rows: tuple[object, ...], where: str, what: str
) -> None:
    with pytest.raises(InputError) as caught:
        read_answers(write(tmp_path / "rows", *rows))
    assert str(caught.value.where).endswith(where)
    assert what in caught.value.what


def test_files_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    one = read_answers(write(tmp_path / "one", {"output": "a"}))
    two = read_answers(write(tmp_path / "two", {"output": "a"}, {"output": "b"}))
    with pytest.raises(InputError, match="no answer for row '2'"):
        pair_answers(one, two, tmp_path)
    with pytest.raises(InputError, match="no reference for row '2'"):
        pair_answers(two, one, tmp_path)


def test_the_language_is_read_from_the_text() -> None:
    assert find_language([EN["strategy"], "OK 好"]) == "en"
    assert find_language([ZH["strategy"], "CBT"]) == "zh"
