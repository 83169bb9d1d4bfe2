"""Importing Chinese questions with a description: the asker's words, Chinese rules, nothing English."""

import csv
import json
import re

import pytest

from personas.importers.spoken_zh import cut_to, read_asker, split_lines, tidy
from personas.schema import Domain, Language, Persona, Topic
from personas.source import load_personas

ROWS = [
    (
        "室友都不理我了，我该怎么办？",
        "本人女，20岁，大二。上周宿舍聚餐没有叫我，我是从朋友圈里看见的。"
        "她们肯定是在背后议论我，我一进门她们就不说话了。最近老是失眠，半夜醒了就哭。",
        "人际 室友",
        Domain.FRIENDSHIP,
    ),
    (
        "老公出轨后我一直走不出来",
        "结婚七年，孩子五岁。去年十月我发现他跟一个女同事聊天很暧昧，他承认了，也断了。"
        "我觉得都怪我，生完孩子以后就没怎么管他。求老师帮帮我，谢谢。",
        "婚姻",
        Domain.ROMANCE,
    ),
    (
        "考研失败，感觉人生完了",
        "二战还是没上岸，差三分。同学都工作了，就我还在家里待着。以后我再也不会好了吧。",
        "",
        Domain.EDUCATION,
    ),
    ("不知道为什么活得这么累", "就是很累。", "", Domain.LIFESTYLE),
]


def write_table(path):
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["question", "description", "keywords", "answer"])
        table.writerows([*row[:3], "答案不读"] for row in ROWS)
    return str(path)


def say_all(persona: Persona) -> list[str]:
    profile = persona.profile
    said = [profile.situation, profile.automatic_thought, profile.rule, profile.core_belief]
    said += [item.text for item in profile.disclosures]
    for thought in profile.thoughts:
        said += [thought.text, thought.balanced]
        said += [fact.text for fact in (*thought.evidence_for, *thought.evidence_against)]
    return said


@pytest.fixture
def personas(tmp_path):
    return load_personas(write_table(tmp_path / "q.csv")).personas


def test_the_clients_are_chinese_and_of_the_domain_that_is_asked_about(personas):
    language: Language = "zh"
    assert [p.language for p in personas] == [language] * len(ROWS)
    assert [p.domain for p in personas] == [row[3] for row in ROWS]
    assert "答案不读" not in "".join(p.model_dump_json() for p in personas)


def test_every_line_is_chinese_short_and_said_once(personas):
    for persona in personas:
        said = say_all(persona)
        assert len(said) == len(set(said))
        assert not any(re.search(r"[A-Za-z{}]", line) for line in [*said, persona.opening])
        assert max(map(len, said)) <= 40
        assert {item.topic for item in persona.profile.disclosures} == set(Topic)


def test_what_the_asker_wrote_becomes_thought_event_and_story(personas):
    first = personas[0].profile
    assert first.thoughts[0].text == "她们肯定是在背后议论我，我一进门她们就不说话了。"
    assert first.situation == "上周宿舍聚餐没有叫我，我是从朋友圈里看见的。"
    story = [item.text for item in first.disclosures if item.topic is Topic.STORY]
    assert "最近老是失眠，半夜醒了就哭。" in story
    assert personas[0].demographics.age == 20
    assert personas[0].demographics.gender == "女"
    assert personas[0].intake.reason == "室友都不理我了，我该怎么办？（人际 室友）"
    assert not any("老师" in line for line in say_all(personas[1]))


def test_lines_of_a_jsonl_file_and_the_same_words_give_the_same_client(tmp_path, personas):
    rows = [{"question": q, "description": d, "keywords": k} for q, d, k, _ in ROWS]
    path = tmp_path / "q.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    again = load_personas(str(path)).personas
    assert [p.profile for p in again] == [p.profile for p in personas]


def test_a_chinese_row_that_lacks_a_field_is_named_and_skipped(tmp_path):
    file = tmp_path / "q.csv"
    file.write_text("question,description\n我怎么了？,\n我怎么了？,就是睡不着。\n", "utf-8")
    loaded = load_personas(str(file), skip_bad=True)
    assert "line 2, field description: missing" in str(loaded.skipped[0])
    assert len(loaded.personas) == 1


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("我很累。怎么办？谢谢各位老师。", []),
        ("但是我还是睡不着,一直想！", ["我还是睡不着，一直想！"]),
        ("从去年开始，我就不敢接电话，怕是催债的，也怕是家里的，一响我就把它扣过去，谁也不告诉。",
         ["从去年开始，我就不敢接电话，怕是催债的，也怕是家里的。", "一响我就把它扣过去，谁也不告诉。"]),
    ],
)  # fmt: skip
def test_a_long_sentence_is_cut_at_its_commas_and_pleas_are_left_out(text, lines):
    assert split_lines(text) == lines


@pytest.mark.parametrize(
    ("text", "age", "gender"),
    [
        ("本人男，今年31岁", 31, "男"),
        ("女，22岁，研一", 22, "女"),
        ("我儿子5岁，女儿3岁", None, None),
    ],
)
def test_age_and_gender_are_read_where_the_asker_names_them(text, age, gender):
    asker = read_asker(text)
    assert (asker.age, asker.gender) == (age, gender)


def test_blanks_between_chinese_signs_are_commas_and_openings_are_short():
    assert tidy("我很难受 不知道\n怎么办") == "我很难受，不知道，怎么办"
    assert len(cut_to("怎么" * 60)) <= 44
