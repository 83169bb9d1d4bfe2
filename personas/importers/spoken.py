"""From the written sentence of a form to a line somebody would say: plain, contracted, short.

What cannot be said plainly is refused (`None`), so that the caller takes a line made for speech.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_WRITTEN = re.compile(
    r"negative|belie[fv]|seek|counsel|impact|esteem|self-?worth|distress|feelings?\b|leading to|"
    r"inadequa|incompeten|persist|mindset|perceiv|perception|pattern|exacerbat|societ|validat|"
    r"generali[sz]|catastroph|personali[sz]|mind-?reading|pessimis|psycholog|well-being|"
    r"mental health|"
    r"self-(doubt|critic|blame|conscious|care)|isolation|stress level|pronounced|significan|"
    r"specific|various|cognitive|"
    r"alleviat|contribut|stem(s|med) from|occurr|attribut|pressure to|issues?\b|these|emotion|"
    r"recent thing|conversations about|fluctuation|\barises?\b|"
    r"engag|intensif|label|using|pursu|overwhelm|decisive|determin|standards|aversion|situations?\b|"
    r"perform(ance)? well|"
    r"\bthis (problem|fear|feeling)|advancement|romantically|external|interact|exposure",
    re.IGNORECASE,
)

_SWAPS = tuple(
    (re.compile(pattern, re.IGNORECASE), said)
    for pattern, said in (
        (r"\bin the eyes of others\b", "in everyone's eyes"),
        (r"\b(to|than|with) others\b(?! who)", r"\1 the others"),
        (r"\b(others|individuals)\b(?! (who|to))", "people"),
        (r"\b(other )?individuals\b", "people"),
        (r"\bperceives? me as\b", "see me as"),
        (r"\bmy profession as an? (\w+)", r"my job"),
        (r"\bmy passion for (\w+ing)\b", r"my \1"),
        (r"\bmy accomplishments\b", "the things I've done"),
        (r"(?<=are )insignificant\b", "nothing much"),
        (r"(?<=not )(?:significant|unique)(?: or (?:significant|unique))?\b", "anything special"),
        (r"\bthis (?:\w+ )?effort\b", "all this work"),
        (r"\blead to (?:an )?early death\b", "kill me early"),
        (r"\blead me to depression\b", "make me depressed"),
        (r"\bmeaningless\b", "pointless"),
        (r"\bthe stability to handle\b", "the nerves for"),
        (r"\bfull-time employment\b", "a full-time job"),
        (r"\bassert myself\b", "stand up for myself"),
        (r"\bprevents? me from\b", "keeps me from"),
        (r"\bfrom being successful\b", "from getting anywhere"),
        (r"\bfail(ed|ing)? to\b", r"couldn't"),
        (r"\battending\b", "going to"),
        (r"\battend\b", "come to"),
        (r"\bmy efforts to ([^.]*?) (?:are|is) pointless\b", r"there's no point in trying to \1"),
        (r"\blead a healthy lifestyle\b", "live healthily"),
        (r"\bmy current occupation\b", "my job"),
        (r"\bis not meaningful\b", "means nothing"),
        (r"\bachieving milestones\b", "making it"),
        (r"\blonger periods\b", "weeks"),
        (r"\bwhen thinking about\b", "when I think about"),
        (r"\bwhen facing\b", "when I've got"),
        (r"\bwhen interacting with\b", "when I'm around"),
        (r"\bwhen socializing with\b", "when I'm out with"),
        (r"\bwhen comparing myself\b", "when I compare myself"),
        (r"\bwhen (\w+ing)\b", r"when I'm \1"),
        (r"\bsee or interact with\b", "see"),
        (r"\bengage in\b", "do"),
        (r"\bmy performance\b", "how I did"),
        (r"\bincident\b", "thing"),
        (r"\bencounter (a |an )?", r"get \1"),
        (r"\breceived\b", "got"),
        (r"\breceive\b", "get"),
        (r"\breceiving\b", "getting"),
        (r"\battempt(ed|ing)? to\b", "tried to"),
        (r"\b(an? \w+) I attempted\b", r"\1"),
        (r"\bpurchas\w+\b", "bought"),
        (r"\bprior to\b", "before"),
        (r"\bcommenc\w+\b", "started"),
        (r"\bapproximately\b", "about"),
        (r"\bnumerous\b", "a lot of"),
        (r"\bupcoming\b", "coming"),
        (r"\bentire\b", "whole"),
        (r"\bexperienced hikers\b", "old hands"),
        (r"\bsuccessful\b", "well-known"),
        (r"\breside\b", "live"),
        (r"\bhigher positions\b", "better jobs"),
        (r"\bmy salary\b", "my pay"),
        (r"\bcheck-in\b(?= \w)", "check in"),
        (r"\b(currently|eventually|subsequently|primarily|constantly|immediately) ", ""),
        (r"\bwould like to\b", "want to"),
        (r"\bat a young age\b", "young"),
        (r"\bunattractive\b", "ugly"),
        (r"\bopposite\b", "other way round"),
    )
)

_CONTRACTIONS = tuple(
    (re.compile(pattern, re.IGNORECASE), said)
    for pattern, said in (
        (r"\bI am\b", "I'm"),
        (r"\bI will\b", "I'll"),
        (r"\bI would\b", "I'd"),
        (
            r"\bI have (?=(been|had|never|always|tried|started|lost|found|seen|got|done)\b)",
            "I've ",
        ),
        (r"\b(he|she|it|we|they|you) will not\b", r"\1 won't"),
        (r"\b(he|she|it|we|they|you) will\b", r"\1'll"),
        (r"\b(we|they|you) are\b", r"\1're"),
        (r"\b(he|she|it|that) is\b(?! not)", r"\1's"),
        (r"\bcannot\b", "can't"),
        (r"\bwill not\b", "won't"),
        (r"\bcan not\b", "can't"),
        (r"\b(do|does|did|is|are|was|were|has|have|had|could|would|should) not\b", r"\1n't"),
    )
)

_CUTS = re.compile(
    r",? (?:leading|which|causing|resulting|affecting|impacting|especially|particularly|"
    r"even though|despite|believing|due to|and (?:that|realized|have|has|had)|making|"
    r"without|assuming|such as|so that)\b|"
    r"[;:(]|, (?:and|but|as|or|I)\b",
    re.IGNORECASE,
)
_SOFT_CUTS = re.compile(r" (?:because|and|or|when|for|at|in|on|by|as|if|after|before|with) |, ")
_DANGLING = re.compile(
    r"\b(\w+n't|the|an?|of|to|and|or|that|my|is|are|was|not|be|by|for|with|just|but|especially|"
    r"really|than|can't help)$",
    re.IGNORECASE,
)
_JOINERS = re.compile(r"^(?:and|but|so|because)\b,? ?", re.IGNORECASE)


_SUBJECT = (
    r"(?:I|I'll|I'm|my|people|others|no one|nobody|anyone|everyone|he|she|they|we|something|"
    r"the person|being|working|this (?:\w+ )?(?:effort|work))\b"
)
_MIND = (
    r"(?:believ\w+|belief|feel\w*|thoughts?|thinking|think|worr(?:y|ied)|fear|assum\w+|convinced|"
    r"conclusion)"
)
_CLAUSES = tuple(
    (re.compile(pattern, re.IGNORECASE), said)
    for pattern, said in (
        (rf"\b{_MIND} (?:that |like )?(?:despite [^.]*, )?(?=({_SUBJECT}[^.;]*))", r"\1"),
        (r"\bfear of (?:getting) ([^.;]*)", r"I'm going to get \1"),
        (r"\bfear of losing ([^.;]*)", r"I'm going to lose \1"),
        (r"\bfeel(?:ing)?(?: like)? (a |an |too )([^.;]*)", r"I'm \1\2"),
        (r"\b(I will never [^.;]*)", r"\1"),
        (r"\bbecause (I (?:am(?! also)|can|don't|do not)\b[^.;]*)", r"\1"),
    )
)
_PAST = (
    r"(?:\w+ed|got|lost|made|began|broke|burnt|became|saw|went|had|left|forgot|couldn't|was \w+ed|"
    r"did not|didn't|could not)"
)
_EVENTS = (
    rf"\bbecause (I (?!need|liv|work){_PAST}\b[^.;]*)",
    r"^(I \w+ed\b[^.;]*?) and now",
    rf"\b(?:when|after|since) (I (?!experienced|compared|tried|wanted){_PAST}\b[^.;]*)",
    r"\b(?:after|when) (a friend's [^.;]*)",
    r"\b(?:after|when) (my (?!age)\w+ (?:\w+ )?(?:passed|died|left|graduated|mentioned)[^.;]*)",
)
PAD = ", and that's that."
_LENGTH_OF_TIME = r"(?:weeks?|months?|years?)"
_WHEN = re.compile(
    rf"\b((?:about |around |over )?(?:an?|\w+) (?:few |couple of )?{_LENGTH_OF_TIME} ago|"
    rf"last (?:week|month|year)|the (?:past|last) few {_LENGTH_OF_TIME}|today|"
    rf"a few {_LENGTH_OF_TIME}|"
    r"(?:during|in) (?:my )?(?:teenage years|adolescence|childhood|college))\b",
    re.IGNORECASE,
)


def straighten(text: str) -> str:
    """Return `text` with plain quotes and single spaces."""
    plain = (
        text.replace("\u2019", "'")
        .replace("\u2018", "'")
        .replace("\u201c", '"')
        .replace("\u201d", '"')
    )
    return " ".join(plain.split())


def count_words(text: str) -> int:
    """Return the number of words in `text`."""
    return len(text.split())


def contract(text: str) -> str:
    """Return `text` with the contractions of speech: "I am" becomes "I'm"."""
    for pattern, said in _CONTRACTIONS:
        text = pattern.sub(said, text)
    return re.sub(r"\bi(?=['\s]|$)", "I", text)


def is_plain(text: str) -> bool:
    """Tell whether `text` holds none of the words that only forms and therapists use."""
    return not _WRITTEN.search(text)


def finish_line(text: str) -> str:
    """Return `text` with a capital at the start and a full stop at the end."""
    bare = _JOINERS.sub("", text.strip(" ,.;:-")).strip()
    closed = bare if bare.endswith(("…", "?")) else f"{bare}."
    return closed[:1].upper() + closed[1:]


def speak(written: str, *, low: int, high: int) -> str | None:
    """Return a spoken line of `low` to `high` words made from a written clause, or None."""
    words = straighten(written)
    for pattern, said in _SWAPS:
        words = pattern.sub(said, words)
    for clause in _shorten(contract(words)):
        if low <= count_words(clause) <= high and is_plain(clause) and not is_cut_off(clause):
            return finish_line(clause)
    return None


def is_cut_off(clause: str) -> bool:
    """Tell whether `clause` ends in a word that wants another after it."""
    return bool(_DANGLING.search(clause.strip(" ,.")))


def _shorten(clause: str) -> list[str]:
    """Return the clause up to its first hard cut, then ever shorter at its joints."""
    head = _CUTS.split(clause, maxsplit=1)[0].strip(" ,.")
    joints = [match.start() for match in _SOFT_CUTS.finditer(head)]
    return [head, *(head[:joint] for joint in reversed(joints) if head[:joint].strip())]


def split_sentences(text: str) -> list[str]:
    """Split a paragraph into its sentences."""
    return [part.strip() for part in re.split(r"(?<=[.!?…])\s+|\n+", text) if part.strip(" -.")]


def cut_to(text: str, high: int) -> str:
    """Return the leading sentences of `text` that fit into `high` words; empty when none does."""
    kept: list[str] = []
    for sentence in split_sentences(straighten(text)):
        if count_words(" ".join([*kept, sentence])) > high:
            break
        kept.append(sentence)
    return " ".join(kept)


def extract_thoughts(problem: str) -> list[str]:
    """Return the negative thoughts that a problem names, as spoken; 5 to 14 words each."""
    lines = []
    for pattern, said in _CLAUSES:
        for match in pattern.finditer(problem):
            clause = match.expand(said)
            line = speak(clause, low=5, high=14) or speak(f"{clause.strip(' .')}", low=3, high=4)
            if line:
                lines.append(line if count_words(line) > 4 else f"{line[:-1]}{PAD}")
    return lines


def extract_event(texts: Iterable[str]) -> str | None:
    """Return the first concrete event that one of the texts tells, as spoken, or None."""
    told = list(texts)
    for pattern in _EVENTS:
        for text in told:
            match = re.search(pattern, text)
            line = speak(match[1], low=4, high=16) if match else None
            if line:
                return line
    return None


def extract_moments(text: str) -> list[str]:
    """Return lines for when it comes: "It's there every time I …", "It's worst before …"."""
    lines = []
    for pattern, lead in (
        (r"\b(?:every time|whenever) (I [^.;]*)", "It's there every time "),
        (
            r"\b(?:especially|particularly|primarily|mainly) ((?:when|before|after|on) [^.;]*)",
            "It's worst ",
        ),
    ):
        for match in re.finditer(pattern, text):
            line = speak(lead + match[1], low=6, high=16)
            if line:
                lines.append(line)
    return lines


def say_onset(onset: str) -> str | None:
    """Return "It started …" when the form says when."""
    when = _WHEN.search(onset)
    if not when:
        return None
    said = when[1].lower().replace("around", "about").replace("the past", "the last")
    if said.startswith(("during", "in ")):
        young = "when I was a teenager" if re.search("teen|adol", said) else said.split()[-1]
        return f"It goes back to {young}."
    if said.endswith("ago"):
        return f"It started {said}, near enough."
    if re.match(r"(the last|a) few", said):
        return f"It's been going on for {said} now."
    return f"It only started {said}."
