"""How a Chinese counselor addresses a client: by surname and title, the young by their given name."""

from __future__ import annotations

_LONG_SURNAMES = (
    "欧阳", "上官", "司马", "司徒", "诸葛", "东方", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐", "端木",
)  # fmt: skip
_TITLES = {"男": "先生", "女": "女士"}
_YOUNG = 25


def address(name: str, gender: str, age: int | None) -> str:
    """Return the form of address for a Chinese full name; the name itself where gender is unknown."""
    surname = name[: 2 if name.startswith(_LONG_SURNAMES) else 1]
    given = name.removeprefix(surname)
    if age is not None and age < _YOUNG and len(given) > 1:
        return given
    title = _TITLES.get(gender[:1], "")
    return surname + title if title else name
