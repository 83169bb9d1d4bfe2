"""What an asker wrote in Chinese, cut into lines somebody would say: short, whole, their own words.

Columns are written much as one speaks, so nothing is rewritten; greetings and questions to the
reader are left out, and a sentence without end is cut at its commas.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from personas.distortions import score_distortions
from personas.schema import Demographics

SHORTEST, LONGEST = 5, 36  # characters of a line
_END = re.compile(r"(?<=[。！？!?…；;])(?![。！？!?…”」])|\n+")
_COMMA = re.compile(r"(?<=[，,])")
_PLEA = re.compile(
    r"^(我|本人)?(是)?(女|男)(生|的)?[，,。]|怎么办|求(助|解|各位|大家|帮|老师)|谢谢|各位|老师们|题主|楼主|请问|帮帮我|"
    r"(你|您|大家|你们)(好|们)?(有什么|能不能|可以|觉得)|该如何|如何是好|是不是.{0,12}[?？吗]"
)
_JOINER = re.compile(r"^(可是|但是|而且|然后|所以|因为|其实|不过|并且|而|但)[，,]?")
_EVENT = re.compile(
    r"那天|昨天|前天|上周|上个月|上次|前几天|前阵子|今天|昨晚|那次|有一(次|回|天)|去年|(一|二|三|四|五|六|七|八|"
    r"九|十|\d+)月(份)?|刚才|后来"
)
_ONSET = re.compile(
    r"(从[^。，]{1,14}(开始|以来|起)|[^。，]{0,6}(年|个月|周|天)(前|以来|多了|了)|最近|自从[^。，]{2,12})"
)
_MOMENT = re.compile(
    r"(每(次|当|到)|一(到|看到|想到|见到|听到)|只要)[^。，]{2,16}[，]?[^。，]{2,14}"
)
_LAST = re.compile(r"永远|再也|总是|一定|肯定|根本|从来|这辈子|都不|就是|没有人|没用")


_AGE = re.compile(r"(?:我|本人|女|男|今年|题主)[^。0-9]{0,6}?([1-8]\d)(?:周?岁|[，,。]|$)")
_GENDER = re.compile(r"(?:^|[，,。\s：:]|我是|本人)(女|男)(?=[，,。生\s\d]|的)")
_ROOM = 44  # characters of the first words


def tidy(text: str) -> str:
    """Return `text` in one line: a blank or a line break between Chinese signs ends a clause."""
    flat = re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "，", text.strip())
    return re.sub(r"\s+", "", flat) if not re.search(r"[A-Za-z]", flat) else " ".join(flat.split())


def read_asker(text: str) -> Demographics:
    """Return age and gender where the asker names them, as in 本人女，22岁."""
    age, gender = _AGE.search(text), _GENDER.search(text)
    return Demographics(age=int(age[1]) if age else None, gender=gender[1] if gender else None)


def cut_to(text: str) -> str:
    """Return the first sentences that fit into one breath; at least one, cut where it must be."""
    kept = ""
    for part in _END.split(text):
        if kept and len(kept) + len(part) > _ROOM:
            break
        kept += part
    said = kept[: _ROOM - 1].rstrip("，,、")
    return said if said.endswith(("。", "！", "？", "!", "?", "…")) else f"{said}。"


def split_lines(text: str) -> list[str]:
    """Return what can be said as it stands, of `SHORTEST` to `LONGEST` characters, in order."""
    lines = [line for part in _END.split(text) for line in _cut(part.strip(" \u3000，,"))]
    said = [_close(line) for line in lines if SHORTEST <= len(line) <= LONGEST]
    return [
        line for line in dict.fromkeys(said) if line[-1] not in "？?" and not _PLEA.search(line)
    ]


def _cut(sentence: str) -> list[str]:
    """Cut a sentence that is too long for one breath at its commas."""
    lines: list[str] = []
    for clause in _COMMA.split(sentence):
        if lines and len(lines[-1]) + len(clause) <= LONGEST - 6:
            lines[-1] += clause
        else:
            lines.append(clause)
    return [line.strip(" ，,；;") for line in ([sentence] if len(sentence) <= LONGEST else lines)]


def _close(line: str) -> str:
    bare = _JOINER.sub("", line).replace(",", "，").rstrip("。；;.， ~～")
    return bare if bare.endswith(("！", "？", "!", "?", "…")) else f"{bare}。"


def extract_thoughts(text: str) -> list[str]:
    """Return the lines in which a distortion is heard, the plainest first."""
    heard = [line for line in split_lines(text) if score_distortions(line, "zh")]
    return sorted(heard, key=lambda line: -weigh(line))


def weigh(line: str) -> int:
    """Prefer what is final and about oneself."""
    return 2 * len(_LAST.findall(line)) + len(score_distortions(line, "zh")) + ("我" in line)


def extract_event(texts: Iterable[str]) -> str | None:
    """Return the first line that tells of something that happened once, or None."""
    lines = (line for text in texts for line in split_lines(text))
    return next((line for line in lines if _EVENT.search(line) and len(line) >= 9), None)


def extract_moments(text: str) -> list[str]:
    """Return lines for when it comes ("一看到…就…")."""
    return [line for line in split_lines(text) if _MOMENT.search(line)]


def say_onset(text: str) -> str | None:
    """Return the line that says since when, or None."""
    return next((line for line in split_lines(text) if _ONSET.search(line)), None)
