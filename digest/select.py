"""Which of the findings a digest shows, and in what order. Pure: findings in, digest out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from core.dates import WEEKDAYS, weekday
from core.records import CITY_TONES, TONES, Article
from digest.gather import Findings, WindowCount
from digest.links import quoted
from digest.windows import Window
from render.bars import ToneDay
from render.words import VOICE_NAMES, tone_name

STORIES = 8
DEMANDS = 5
LEAST_WEEKS = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its name and the address of exactly its articles."""

    label: str
    value: int
    url: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Usual:
    """The median of the same weekday: of all articles and of those negative toward the city, over so many weeks."""

    weekday: str
    weeks: int
    total: float
    negative: float


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One text with its reprints: shown by the first seen, with the names of its outlets; ``copies`` links to all of them."""

    headline: str
    url: str
    lead: str
    outlets: tuple[str, ...]
    published_at: datetime
    tone: str
    city_tone: str
    copies: Figure | None = None


@dataclass(frozen=True, slots=True)
class DemandLine:
    """What people ask for, in their words, and the article that says so."""

    text: str
    asker: str
    outlet: str
    url: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """An article that came too late for the digest before, or (``was`` is its former headline) was edited since."""

    headline: str
    outlet: str
    url: str
    was: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest, ready to be written out. ``usual`` is None while the archive is too young to compare."""

    name: str
    window: Window
    total: int
    figures: tuple[Figure, ...]
    tones: tuple[Figure, ...]
    city_tones: tuple[Figure, ...]
    usual: Usual | None
    stories: tuple[StoryLine, ...]
    demands: tuple[DemandLine, ...]
    speakers: tuple[Figure, ...]
    voices: tuple[Figure, ...]
    late: tuple[ChangeLine, ...]
    edited: tuple[ChangeLine, ...]
    days: tuple[ToneDay, ...]
    desk_url: str

    @property
    def is_empty(self) -> bool:
        """Nothing new, nothing late, nothing edited."""
        return not (self.total or self.late or self.edited)


def select(found: Findings) -> Digest:
    """The digest of the findings."""
    facets = {name: dict(values) for name, values in found.facets.items()}
    return Digest(
        name=found.subscription.name,
        window=found.window,
        total=found.total,
        figures=_figures(found, facets),
        tones=_tones(found, facets["tone"], "tone", TONES),
        city_tones=_tones(found, facets["city_tone"], "city_tone", CITY_TONES),
        usual=usual_of(found.usual, found.window),
        stories=_stories(found, {int(group): count for group, count in facets["group"].items()}),
        demands=_demands(found),
        speakers=_speakers(found),
        voices=tuple(
            Figure(VOICE_NAMES.get(voice, voice), count, found.links.search(f"voice:{voice}"), voice)
            for voice, count in found.facets["voice"]
            if voice != "other"
        ),
        late=tuple(ChangeLine(one.raw.headline, _outlet(found, one), found.links.article(one.id)) for one in found.late),
        edited=tuple(
            ChangeLine(one.raw.headline, _outlet(found, one), found.links.article(one.id), was if was != one.raw.headline else "")
            for one, was in found.edited
        ),
        days=tuple(found.days),
        desk_url=found.links.search(),
    )


def usual_of(counts: Sequence[WindowCount], window: Window) -> Usual | None:
    """The medians of the weeks before; None when there are fewer than three."""
    if len(counts) < LEAST_WEEKS:
        return None
    day = WEEKDAYS[weekday(window.day)]
    return Usual(day, len(counts), median(one.total for one in counts), median(one.negative for one in counts))


def _figures(found: Findings, facets: Mapping[str, Mapping[str, int]]) -> tuple[Figure, ...]:
    negative = facets["city_tone"].get("negative", 0)
    return (
        Figure("خبر تازه", found.total, found.links.search(), "total"),
        Figure("منفی نسبت به شهر", negative, found.links.search("city_tone:negative"), "negative"),
        Figure("خبر با خواستهٔ مردم", found.demands, found.links.search("has:demand"), "demand"),
    )


def _tones(found: Findings, counts: Mapping[str, int], field: str, tones: Iterable[str]) -> tuple[Figure, ...]:
    return tuple(Figure(tone_name(tone), counts.get(tone, 0), found.links.search(f"{field}:{tone}"), tone) for tone in tones)


def _speakers(found: Findings) -> tuple[Figure, ...]:
    """Speakers as the articles call them: an entity of the register is counted under its id."""
    names: dict[str, Counter[str]] = {}
    for article in found.articles:
        for quote in article.annotations.quotes if article.annotations else ():
            if quote.speaker_id and (quote.speaker or quote.mention):
                names.setdefault(quote.speaker_id, Counter())[quote.speaker or quote.mention] += 1
    shown = {id: called.most_common(1)[0][0] for id, called in names.items()}
    return tuple(Figure(shown.get(key, key), count, found.links.search(quoted("speaker", key))) for key, count in found.speakers)


def _stories(found: Findings, copies: Mapping[int, int]) -> tuple[StoryLine, ...]:
    """Groups by weight: one point an outlet, two when it concerns the city, one more when it is negative toward it; then newest."""
    groups: dict[int, list[Article]] = {}
    for article in found.articles:
        if found.window.since <= _time(article) < found.window.until:
            groups.setdefault(article.reprint_group, []).append(article)
    ranked = sorted(groups.items(), key=lambda group: (_weight(group[1]), max(_time(one) for one in group[1])), reverse=True)
    return tuple(_story(found, group, members, copies.get(group, 1)) for group, members in ranked[:STORIES])


def _weight(members: Sequence[Article]) -> int:
    tones = {_city_tone(article) for article in members}
    concerns = bool(tones - {"", "none"})
    return len({article.raw.outlet for article in members}) + 2 * concerns + ("negative" in tones)


def _story(found: Findings, group: int, members: Sequence[Article], copies: int) -> StoryLine:
    first = min(members, key=lambda one: (one.id != group, _time(one), one.id))
    names = dict.fromkeys(_outlet(found, one) for one in sorted(members, key=lambda one: (one is not first, _time(one))))
    return StoryLine(
        headline=first.raw.headline,
        url=found.links.article(first.id),
        lead=shortened(first.raw.lead or first.raw.body.partition("\n")[0], 190),
        outlets=tuple(names),
        published_at=_time(first),
        tone=first.annotations.tone.label if first.annotations else "",
        city_tone=_city_tone(first),
        copies=Figure("نسخه", copies, found.links.search(f"group:{group}")) if copies > 1 else None,
    )


def _demands(found: Findings) -> tuple[DemandLine, ...]:
    """The newest demands, one an article and none twice: a reprint repeats its original's words."""
    lines: dict[int, DemandLine] = {}
    for article in sorted(found.articles, key=_time, reverse=True):
        inside = found.window.since <= _time(article) < found.window.until
        if inside and article.annotations and article.annotations.demands and article.reprint_group not in lines:
            demand = article.annotations.demands[0]
            line = DemandLine(shortened(demand.text, 240), demand.asker, _outlet(found, article), found.links.article(article.id))
            lines[article.reprint_group] = line
    return tuple(lines.values())[:DEMANDS]


def shortened(text: str, length: int) -> str:
    """The text, cut after a whole word where it is longer: «… سه ایستگاه تازه…»."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length + 1].rsplit(" ", 1)[0].rstrip("،؛: ") + "…"


def _time(article: Article) -> datetime:
    return article.raw.published_at or article.first_seen_at


def _city_tone(article: Article) -> str:
    return article.annotations.city_tone.label if article.annotations else ""


def _outlet(found: Findings, article: Article) -> str:
    return found.outlet_names.get(article.raw.outlet, article.raw.outlet)
