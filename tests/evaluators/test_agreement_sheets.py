"""Rating sheets: what is read, and every way in which a sheet can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("numpy", reason="the extra stats is not installed")

from evaluators.agreement.sheets import read_sheets, write_guide, write_rows
from evaluators.agreement.table import Rating
from evaluators.scale import load_scale
from personas.errors import InputError

FORM = load_scale("ctrs6")
EPISODES = frozenset({"aa11", "bb22"})
HEAD = "episode,rater,item,score\n"


def read(tmp_path: Path, text: str, encoding: str = "utf-8") -> list[Rating]:
    path = tmp_path / "sheet.csv"
    path.write_bytes(text.encode(encoding))
    return read_sheets([path], FORM, EPISODES)


def test_scores_are_read_and_an_empty_one_is_missing_not_zero(tmp_path: Path) -> None:
    ratings = read(tmp_path, f"{HEAD}aa11,r1,understanding,4\nbb22,r1,focus,\naa11,r2,focus,0\n")
    assert ratings == [
        Rating("aa11", "r1", "understanding", 4.0),
        Rating("bb22", "r1", "focus", None),
        Rating("aa11", "r2", "focus", 0.0),
    ]


def test_what_spreadsheets_make_of_it_is_read(tmp_path: Path) -> None:
    text = 'Rater;Item;Score;Episode;note\r\n"r 1";focus;3,5;aa11;"one; two"\r\n;;;;\r\n'
    assert read(tmp_path, text, "utf-8-sig") == [Rating("aa11", "r 1", "focus", 3.5)]


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("", "line 1", "no column episode"),
        ("episode,rater,score\naa11,r1,3\n", "line 1", "no column item"),
        ("score,episode,rater,score,item\n", "line 1", "two columns score"),
        (HEAD, "sheet.csv", "no ratings"),
        (f"{HEAD}cc33,r1,focus,3\n", "line 2, field episode", "no episode 'cc33'"),
        (f"{HEAD}aa11,,focus,3\n", "line 2, field rater", "no rater"),
        (f"{HEAD}aa11,r1,fokus,3\n", "line 2, field item", "no item 'fokus'"),
        (f"{HEAD}aa11,r1,homework,3\n", "line 2, field item", "no item"),
        (f"{HEAD}aa11,r1,focus,3\n\naa11,r2,focus,7\n", "line 4, field score", "'7' is no score"),
        (f"{HEAD}aa11,r1,focus,good\n", "line 2, field score", "'good' is no score"),
        (f"{HEAD}aa11,r1,focus,nan\n", "line 2, field score", "'nan' is no score"),
        (f"{HEAD}aa11,r1,focus\n", "line 2", "3 cells"),
        (f"{HEAD}aa11,r1,focus,3\naa11,r1,focus,4\n", "line 3, field item", "already: "),
    ],
)
def test_a_bad_sheet_is_refused_with_its_line_and_field(
    tmp_path: Path, text: str, where: str, what: str
) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert str(caught.value.where).endswith(where)
    assert what in caught.value.what


def test_other_encodings_and_absent_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="UTF-8"):
        read(tmp_path, f"{HEAD}aa11,Jürgen,focus,3\n", "latin-1")
    with pytest.raises(InputError, match="no such file"):
        read_sheets([tmp_path / "none.csv"], FORM, EPISODES)


def test_copies_of_several_raters_are_read_together_and_none_twice(tmp_path: Path) -> None:
    ana, ben = tmp_path / "ana.csv", tmp_path / "ben.csv"
    ana.write_text(f"{HEAD}aa11,Ana,focus,3\n")
    ben.write_text(f"{HEAD}aa11,Ben,focus,4\n")
    assert [r.rater for r in read_sheets([ana, ben], FORM, EPISODES)] == ["Ana", "Ben"]
    with pytest.raises(InputError, match=r"already: .*ana\.csv, line 2"):
        read_sheets([ana, ben, ana], FORM, EPISODES)


def test_a_blank_sheet_filled_in_can_be_read(tmp_path: Path) -> None:
    blank = write_rows(["aa11", "bb22"], FORM)
    assert blank.count("\n") == 1 + 2 * 6
    filled = read(tmp_path, blank.replace(",,", ",r1,"))
    assert [rating.score for rating in filled] == [None] * 12


def test_the_guide_says_what_every_item_and_score_means() -> None:
    for language, label in (("en", "satisfactory"), ("zh", "合格")):
        guide = write_guide(FORM, language)
        assert label in guide
        for item in FORM.items:
            assert item.id in guide
            assert all(text in guide for text in item.anchors_in(language).values())
