"""Giving a Chinese speaker's words back: fillers off, clauses at commas, 我 turned into 您."""

from __future__ import annotations

import re
from itertools import pairwise

_KIN = {"妈": "母亲", "爸": "父亲", "娘": "母亲"}
_BARE_KIN = re.compile(r"我(妈|爸|娘)(?![妈爸家])")
_US = re.compile(r"我们家|咱们家|咱家")
_WE = re.compile(r"我们|咱们|咱(?!俩)")
_ME = re.compile(r"(?<!自)我(?!国|方)")
_FILLER = (
    r"嗯+|唔|啊|哦|噢|呃|额|哎呀?|唉|诶|就|对|是|行|没有?|不是|不|好|这个[啊嘛]?|那个|等一下|怎么说呢|怎么讲呢?|怎么说好|"
    r"我(?:也)?不知道|不知道|说不上来|说白了|说实话|实话说|老实说|老实讲|讲真|说真的|不瞒您说|您说是吧|是吧|"
    r"说句(?:心里|难听的|实在|良心)话?|真的|可能吧|大概吧|也许吧|还有就是|还有|最后|其实吧?|反正|然后|"
    r"(?:我)?当时(?:想|琢磨)的(?:就)?是|脑子里(?:就)?说|我看是?|要我说|(?:在|搁)我这儿|我从小学的(?:就)?是|我看到的是|"
    r"[嗨哼咳]|这个啊|等一下|行吧|好，说吧|怎么说|您问了嘛|您猜怎么着|对了|再就是|再一个|不光这个|您(?:给评评理|也甭劝|别介意|别嫌我啰嗦|知道机关那样)|我跟您(?:说|讲)|丁是丁卯是卯|同学们都知道|"
    r"(?:其实)?也没(?:啥|什么)|应该是|我也说不好|我就问一句|明说了吧|还好啦|也不知道|就那样|笑死|可能是我想多了|这么说不严谨|"
    r"我知道这是老问题|从某种意义上说|客观(?:来)?讲|坦白说|准确地说|怎么讲|这么(?:跟您)?说吧?|您想啊|就是说|说来惭愧|有一说一|"
    r"说到底|往深了说|大概就是|也就一句|多半是|平时吗?|您也知道|说出来|凭良心|公道点|跟您说"
)
_JOINER = (
    r"就是|其实|反正|然后|所以|但是|但|可是|可(?=[我他她它这那人])|不过|因为|而且|结果|"
    r"我(?:就|老|当时|总|一直|心里)?(?:觉得|想|寻思|琢磨)(?:的是|着)?|就?觉得|好像|可能(?!性)|大概|也许|应该是"
)
_LEAD = re.compile(
    rf"^(?:(?:{_FILLER})(?:[，,、。：:—\s]|…)+|(?:…|[，,、。：:—\s])+|(?:{_JOINER})[，,：:\s…]*)+"
)
_EMPTY = re.compile(rf"\s*(?:{_FILLER})?\s*")
_TAIL = re.compile(
    r"(?:[，,]?(?:是吧|对吧|您说呢|您说是不是|反正|怎么说呢|我也不知道|就这样|什么的))?"
    r"(?:吧|呢|嘛|呗|啊|呀|哈|吗)?[\s，,。…！？!?—”’」]*$"
)
_COLON = re.compile(r"^[^：。！？]{1,12}：(?=.)")
_CLAUSE = re.compile(r"[；：]|——|…+|，")
_SAYS = re.compile(
    r"[了着过不没是有在会要想说看听做去来得把被让给怕觉能跟像怪累疼堵哭气爱恨等问写背走跑坐站睡吃喝笑叫骂欠]"
)
_NAMES = re.compile(
    r"的(?!时候)[^的了着过不没]{1,4}$|(的时候|那天|那会儿|那阵子|以后|之后|之前|时)$"
)
ABSOLUTE = re.compile(
    r"从来|永远|总是|老是|所有|谁都|没(?:有)?人|什么都|一定|肯定|不可能|再也|一辈子|全"
)
FIRST_PERSON = re.compile(r"(?<!自)我")
_HARSH = re.compile(
    r"不配|不值得|没用|没本事|没出息|不行|不中用|差劲|多余|失败|骗子|废|累赘|凑数|活该|完了"
)
SHORTEST, LONGEST = 4, 20


def swap_persons(text: str, *, flip_you: bool) -> str:
    """Return the text with 我 as 您; `flip_you` also turns 您 and 你 into 我."""
    marked = re.sub(r"[您你](?!们)", "\0", text) if flip_you else text
    swapped = _BARE_KIN.sub(lambda found: "您" + _KIN[found[1]], marked)
    swapped = _ME.sub("您", _WE.sub("你们", _US.sub("您家", swapped)))
    return swapped.replace("\0", "我")


def strip_fillers(text: str) -> str:
    """Return a clause without fillers before it, particles after it and end marks."""
    bare = _LEAD.sub("", _COLON.sub("", text.strip().strip("“”「」")))
    return _TAIL.sub("", bare).strip()


def split_clauses(sentence: str) -> list[str]:
    """Return the sentence as a whole, its parts at commas, and neighbours together, without fillers.

    A part that names something and says nothing of it (“二模那天数学最后一道”) is left out.
    """
    bare = _COLON.sub("", sentence)
    spoken = (part for part in _CLAUSE.split(bare) if not _EMPTY.fullmatch(part))
    parts = [strip_fillers(part) for part in spoken]
    whole = [part for part in parts if not _is_fragment(part)]
    pairs = [f"{one}，{two}" for one, two in pairwise(parts) if one in whole and two]
    return [strip_fillers(bare), *whole, *(pair for pair in pairs if not _is_fragment(pair))]


def _is_fragment(clause: str) -> bool:
    last = clause.rpartition("，")[2]
    return not _SAYS.search(last) or bool(_NAMES.search(last) and "是" not in last)


def runs_down(clause: str) -> bool:
    """Tell whether a clause speaks harshly of its speaker."""
    return bool(FIRST_PERSON.search(clause) and _HARSH.search(clause))


def addresses_listener(clause: str) -> bool:
    """Tell whether a clause speaks to the listener, so that turning the persons would muddle it."""
    return "您" in clause or ("你" in clause and bool(FIRST_PERSON.search(clause)))
