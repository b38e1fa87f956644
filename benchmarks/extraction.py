"""Extraction beside trafilatura, newspaper4k, readability-lxml, goose3 and resiliparse: the same pages, the same run.

    python3.13 -m venv /tmp/bench && /tmp/bench/bin/pip install -r benchmarks/requirements.txt
    /tmp/bench/bin/python -m benchmarks.extraction            # from the repository's root

Body: precision, recall and F1 as the public article-extraction benchmark counts them (shares of 4-gram shingles of ``\\w+`` tokens,
each page weighing the same). A library may give the lead with the body or leave it out: the better of both readings counts. "F1 blind" is
the same with half-spaces taken out of both sides, so that their loss does not count.
Headline: exact after collapsing spaces. Lead: exact for Rasad; for the others, whether it stands anywhere in their text or description.
Date: the right day. Half-spaces: the share of the body's U+200C that comes out. Time: the processor's, best of three rounds, so that
other work on the machine does not count. A library that is not installed is left out.
"""

import argparse
import hashlib
import html
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from core.dates import TEHRAN
from core.records import Outlet
from crawler.extract import extract, extract_page
from crawler.families import FAMILY_OF_UNKNOWN
from crawler.page import parse_page
from samples.pieces import load_newsrooms
from samples.site import Site
from tests.crawler.press import NOW, ZWNJ, printed_pages

REAL_PAGES = Path("../shared/data/html/htmldate")
ROUNDS = 3
_TOKEN = re.compile(r"\w+")
_CLASS = re.compile(r"(?<=\s)(class|id)=([\"'])([^\"']*)\2")
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Sample:
    """A page and what is true of it."""

    name: str
    page: bytes
    url: str
    outlet: Outlet
    headline: str
    lead: str
    body: str
    published_at: datetime


@dataclass(frozen=True)
class Answer:
    """What an extractor says; ``extra`` is other text it gives (a description) in which a lead may stand."""

    body: str
    headline: str = ""
    lead: str = ""
    day: str = ""
    extra: str = ""


Extractor = Callable[[Sample], Answer]


def shingle_score(true: str, found: str) -> tuple[float, float, float]:
    """(tp, fp, fn) as shares of all shingles of both texts."""
    first, second = _shingles(true), _shingles(found)
    tp = float(sum((first & second).values()))
    fp, fn = sum((second - first).values()), sum((first - second).values())
    total = tp + fp + fn
    return (tp / total, fp / total, fn / total) if total else (1.0, 0.0, 0.0)


def _shingles(text: str, size: int = 4) -> Counter[tuple[str, ...]]:
    words = _TOKEN.findall(text)
    if not words:
        return Counter()
    return Counter(tuple(words[start : start + size]) for start in range(max(1, len(words) - size + 1)))


def precision_recall(counts: list[tuple[float, float, float]]) -> tuple[float, float, float]:
    precision = _mean([tp / (tp + fp) for tp, fp, _ in counts if tp + fp > 0])
    recall = _mean([tp / (tp + fn) for tp, _, fn in counts if tp + fn > 0])
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def rasad(sample: Sample) -> Answer:
    raw = extract(sample.page, sample.url, sample.outlet, NOW)
    return Answer(raw.body, raw.headline, raw.lead, _days(raw.published_at))


def rasad_fallback(sample: Sample) -> Answer:
    raw = extract_page(parse_page(sample.page, sample.url), FAMILY_OF_UNKNOWN, sample.outlet, NOW)
    return Answer(raw.body, raw.headline, raw.lead, _days(raw.published_at))


def _days(moment: datetime | None) -> str:
    """The days on which a moment falls, in Tehran and in UTC."""
    if moment is None:
        return ""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=TEHRAN)
    return f"{aware.astimezone(TEHRAN):%Y-%m-%d} {aware.astimezone(UTC):%Y-%m-%d}"


def _trafilatura() -> Extractor:
    import trafilatura

    def read(sample: Sample) -> Answer:
        found = trafilatura.bare_extraction(sample.page.decode(), url=sample.url, include_comments=False, with_metadata=True)
        if found is None:
            return Answer("")
        return Answer(found.text or "", found.title or "", "", found.date or "", found.description or "")

    return read


def _newspaper() -> Extractor:
    import newspaper

    def read(sample: Sample) -> Answer:
        article = newspaper.Article(quote(sample.url, safe=":/?=&%"), language="fa")  # it fails on raw Persian addresses
        article.download(input_html=sample.page.decode())
        article.parse()
        published = article.publish_date
        return Answer(
            article.text,
            article.title or "",
            "",
            _days(published) if isinstance(published, datetime) else "",
            article.meta_description or "",
        )

    return read


def _readability() -> Extractor:
    import lxml.html
    import readability

    def read(sample: Sample) -> Answer:
        document = readability.Document(sample.page.decode())
        return Answer(lxml.html.fromstring(document.summary()).text_content(), document.short_title() or "")

    return read


def _goose() -> Extractor:
    from goose3 import Goose

    goose = Goose({"enable_image_fetching": False, "target_language": "fa", "use_meta_language": False})

    def read(sample: Sample) -> Answer:
        article = goose.extract(raw_html=sample.page.decode())
        return Answer(
            article.cleaned_text or "", article.title or "", "", str(article.publish_date or "")[:10], article.meta_description or ""
        )

    return read


def _resiliparse() -> Extractor:
    from resiliparse.extract.html2text import extract_plain_text

    def read(sample: Sample) -> Answer:
        return Answer(extract_plain_text(sample.page.decode(), main_content=True))

    return read


LIBRARIES = {
    "trafilatura": _trafilatura,
    "newspaper4k": _newspaper,
    "readability-lxml": _readability,
    "goose3": _goose,
    "resiliparse": _resiliparse,
}


def installed() -> dict[str, Extractor]:
    found: dict[str, Extractor] = {}
    for name, make in LIBRARIES.items():
        try:
            found[name] = make()
        except ImportError as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
    return found


def measure(samples: list[Sample], read: Extractor) -> dict[str, float]:
    """All figures of one extractor over some pages; an exception on a page counts as an empty answer."""
    answers, best = [], float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        answers = [_safely(read, sample) for sample in samples]
        best = min(best, time.process_time() - start)
    pairs = list(zip(samples, answers, strict=True))
    precision, recall, f1 = precision_recall([_better(sample, answer) for sample, answer in pairs])
    blind = [_better(_joined(sample), _joined_answer(answer)) for sample, answer in pairs]
    with_lead = [(sample, answer) for sample, answer in pairs if sample.lead]
    return {
        "precision": precision,
        "recall": recall,
        "F1": f1,
        "F1 blind": precision_recall(blind)[2],
        "headline": _mean([_plain(sample.headline) == _plain(answer.headline) for sample, answer in pairs]),
        "lead": _mean([_has_lead(sample, answer) for sample, answer in with_lead]) if with_lead else float("nan"),
        "date": _mean(
            [bool(answer.day) and bool(set(answer.day.split()) & set(_days(sample.published_at).split())) for sample, answer in pairs]
        ),
        "half-spaces": _mean(
            [min(1.0, answer.body.count(ZWNJ) / sample.body.count(ZWNJ)) for sample, answer in pairs if ZWNJ in sample.body]
        ),
        "ms/page": 1000 * best / len(samples),
    }


def _joined(sample: Sample) -> Sample:
    """The sample without half-spaces: what is counted where their loss shall not count."""
    return replace(sample, lead=sample.lead.replace(ZWNJ, ""), body=sample.body.replace(ZWNJ, ""))


def _joined_answer(answer: Answer) -> Answer:
    return replace(answer, body=answer.body.replace(ZWNJ, ""))


def _safely(read: Extractor, sample: Sample) -> Answer:
    try:
        return read(sample)
    except Exception as error:  # a library's crash is its result
        print(f"{sample.name}: {type(error).__name__}: {error}", file=sys.stderr)
        return Answer("")


def _better(sample: Sample, answer: Answer) -> tuple[float, float, float]:
    readings = [shingle_score(sample.body, answer.body), shingle_score(f"{sample.lead}\n{sample.body}", answer.body)]
    return max(readings, key=lambda counts: counts[0])


def _has_lead(sample: Sample, answer: Answer) -> bool:
    return (
        answer.lead == sample.lead
        if answer.lead
        else _plain(sample.lead) in _plain(f"{answer.body} {answer.extra}") and bool(answer.extra or answer.body)
    )


def _plain(text: str) -> str:
    return " ".join(text.split())


def synthetic() -> list[Sample]:
    return [
        Sample(page.name, page.html, page.url, page.outlet, page.truth.headline, page.truth.lead, page.truth.body, page.truth.published_at)
        for page in printed_pages()
    ]


def with_other_theme(sample: Sample) -> Sample:
    """The page with every class and id renamed: what is left of the family are its tags, microdata, meta elements and addresses."""

    def rename(match: re.Match[str]) -> str:
        words = [f"x{hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest()[:6]}" for word in match[3].split()]
        return f"{match[1]}={match[2]}{' '.join(words)}{match[2]}"

    renamed = _CLASS.sub(rename, sample.page.decode()).encode()
    return Sample(sample.name, renamed, sample.url, sample.outlet, sample.headline, sample.lead, sample.body, sample.published_at)


def real() -> list[Sample]:
    """The two captured pages where they lie beside the repository; their bodies are cut out by hand-written marks, not by any extractor."""
    if not REAL_PAGES.exists():
        return []
    first = (REAL_PAGES / "1523806243.html").read_bytes()
    second = (REAL_PAGES / "1641304459.html").read_bytes()
    khabar = _between(first.decode(), 'itemprop="articleBody">', '<div class="gallery hidden">').replace("17302", "")
    lead = _between(first.decode(), '<p class="summary introtext" itemprop="description">', "</p>")
    arya = _between(second.decode(), "class='img-responsive' />", "-->", after='class="main-news"')
    return [
        Sample(
            "khabaronline",
            first,
            "https://www.khabaronline.ir/news/1353889/x",
            Outlet("khabaronline", "خبرآنلاین", "nastooh", "https://www.khabaronline.ir"),
            "تحلیل روزنامه اصولگرا از دعوت اصلاح طلبان به حضور مردم در انتخابات",
            lead.strip(),
            khabar,
            datetime(2020, 2, 18, 3, 25, tzinfo=UTC),
        ),
        Sample(
            "aryanews",
            second,
            "http://www.aryanews.com/News/120200622120908039/x",
            Outlet("aryanews", "خبرگزاری آریا", "", "http://www.aryanews.com"),
            "ورود 50 هزار میلیارد تومان نقدینگی به بورس در 3 ماه",
            "",
            arya,
            datetime(2020, 6, 22, 7, 39, 8, tzinfo=UTC),
        ),
    ]


def sample_sites() -> list[Sample]:
    """The articles of the demo's sample sites: markup and texts written apart from the extractor."""
    found = []
    for number, room in enumerate(load_newsrooms(NOW)):
        base = f"http://127.0.0.1:{18100 + number}"
        site = Site(room, base)
        outlet = Outlet(room.key, room.name, room.family, base)
        for piece in room.pieces:
            url = urljoin(base, site.address(piece))
            lead = "" if room.family == "wordpress" else piece.lead  # its theme prints none
            page = site.reply(urlsplit(url).path).body
            found.append(Sample(piece.key, page, url, outlet, piece.headline, lead, "\n".join(piece.paragraphs), piece.published_at))
    return found


def _between(text: str, start: str, end: str, after: str = "") -> str:
    begin = text.index(start, text.index(after)) + len(start)
    return html.unescape(_TAG.sub(" ", text[begin : text.index(end, begin)]))


def report(title: str, samples: list[Sample], extractors: dict[str, Extractor]) -> None:
    print(f"\n### {title} ({len(samples)} pages)\n")
    names = ("precision", "recall", "F1", "F1 blind", "headline", "lead", "date", "half-spaces", "ms/page")
    print("| extractor | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))
    for name, read in extractors.items():
        figures = measure(samples, read)
        print(f"| {name} | " + " | ".join(_shown(key, figures[key]) for key in names) + " |", flush=True)


def _shown(name: str, value: float) -> str:
    if value != value:
        return "–"
    return f"{value:.1f}" if name == "ms/page" else f"{value:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--alone", action="store_true", help="only Rasad")
    parser.add_argument("--per-family", action="store_true", help="the renamed pages family by family")
    options = parser.parse_args()
    others: dict[str, Any] = {} if options.alone else installed()
    pages = synthetic()
    if real():
        report("The real pages", real(), {"Rasad": rasad, **others})
    report("Synthetic pages, family recognised", pages, {"Rasad": rasad, **others})
    report("The same pages, recognition off", pages, {"Rasad (fallback alone)": rasad_fallback})
    renamed = [with_other_theme(sample) for sample in pages]
    report(
        "The same pages, every class and id renamed (another theme)",
        renamed,
        {"Rasad": rasad, "Rasad (fallback alone)": rasad_fallback, **others},
    )
    apart = sample_sites()
    report("The sample sites' pages", apart, {"Rasad": rasad, "Rasad (fallback alone)": rasad_fallback, **others})
    report(
        "The sample sites' pages, every class and id renamed", [with_other_theme(sample) for sample in apart], {"Rasad": rasad, **others}
    )
    if options.per_family:
        for family in sorted({sample.outlet.family for sample in renamed}):
            report(f"Renamed, {family}", [sample for sample in renamed if sample.outlet.family == family], {"Rasad": rasad})


if __name__ == "__main__":
    main()
