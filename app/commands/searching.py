"""``rasad search``, ``show``, ``explain``, ``export``: asking the archive."""

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import typer

from app.auditing import note
from app.terminal import notes, plain_errors, put, put_json
from core.dates import jalali_moment, persian_digits, utc_now
from core.errors import BadQuery, NotFound
from core.settings import Settings

FACETS = ("outlet", "topic", "tone", "city_tone", "entity", "speaker", "section", "day")


def search(
    query: str = typer.Argument("", help="words, phrases, fields: see docs/search.md"),
    limit: int = typer.Option(20, min=1, max=1000, help="number of results"),
    as_json: bool = typer.Option(False, "--json", help="print the answer as one JSON object"),
    order: str = typer.Option("relevance", help="relevance, newest or oldest"),
    cursor: str = typer.Option("", help="next_cursor of the answer before"),
    queries_file: Path | None = typer.Option(None, "--queries-file", help="one query a line → one JSON answer a line"),
) -> None:
    """Search the archive."""
    from app.wiring import opened

    settings = Settings.load()
    with plain_errors(), opened(settings) as archive:
        if queries_file:
            for line in _lines(queries_file):
                put_json(_answer_or_error(archive, line, limit, order))
            return
        answer = answer_query(archive, query, limit=limit, order=order, cursor=cursor or None)
        if as_json:
            put_json(answer)
        else:
            _print_answer(answer)


def answer_query(archive: Any, text: str, *, limit: int, order: str, cursor: str | None = None) -> dict[str, Any]:
    """The object that ``rasad search --json`` prints and the API answers with."""
    from api.answers import answer_search

    return answer_search(archive, text, limit=limit, order=order, cursor=cursor, facets=FACETS, now=utc_now())


def _answer_or_error(archive: Any, line: str, limit: int, order: str) -> dict[str, Any]:
    try:
        return {"query": line, **answer_query(archive, line, limit=limit, order=order)}
    except BadQuery as error:
        return {
            "query": line,
            "total": 0,
            "hits": [],
            "facets": {},
            "error": {"field": error.field, "position": error.position, "message": error.message, "persian": error.persian},
        }


def _lines(file: Path) -> Iterator[str]:
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        notes.print(f"rasad: cannot read {file}: {error.strerror}", style="red", markup=False)
        raise typer.Exit(2) from None
    yield from raw.decode("utf-8", "replace").splitlines()


def _print_answer(answer: dict[str, Any]) -> None:
    put(f"{persian_digits(answer['total'])} خبر")
    for hit in answer["hits"]:
        put()
        put(f"[{hit['id']}] {hit['headline']}")
        put(f"    {hit['outlet']} | {_moment(hit['published_at'])} | {hit['url']}")
        if hit.get("reprints"):
            put(f"    {persian_digits(len(hit['reprints']))} بازنشر")


def _moment(text: str | None) -> str:
    from datetime import datetime

    return jalali_moment(datetime.fromisoformat(text)) if text else "بی‌تاریخ"


def show(
    id: int = typer.Argument(..., help="id of the article"),
    as_json: bool = typer.Option(False, "--json", help="print the article as one JSON object"),
) -> None:
    """Show one article with its labels."""
    from app.wiring import opened
    from render.shapes import article_json
    from store.topic_matching import with_user_topics

    settings = Settings.load()
    with plain_errors(), opened(settings) as archive:
        article = archive.articles.find(id)
        if article is None:
            raise NotFound("article", id)
        article = with_user_topics(archive, [article])[0]
        if as_json:
            put_json(article_json(article))
            return
        for part in (article.raw.kicker, article.raw.headline, article.raw.lead, article.raw.body):
            if part:
                put(part)
                put()
        put(f"{article.raw.outlet} | {_moment(article.raw.published_at.isoformat() if article.raw.published_at else None)}")
        put(article.raw.url)
        if article.annotations:
            labels = article.annotations
            put(f"tone: {labels.tone.label}   city_tone: {labels.city_tone.label}   topics: {', '.join(t.id for t in labels.topics)}")


def explain(query: str = typer.Argument(..., help="a query")) -> None:
    """Show how a query is read and which spellings it covers; one JSON line a clause."""
    from dataclasses import asdict

    from app.wiring import opened
    from store.explain import explain as explain_query
    from store.query import parse_query

    settings = Settings.load()
    with plain_errors(), opened(settings) as archive:
        words = archive.words()
        for clause in explain_query(parse_query(query, now=utc_now(), words=words), archive.search, words):
            put_json(asdict(clause))


def why_not(
    query: str = typer.Argument(..., help="a query"),
    url: str = typer.Argument(..., help="address of the article that was expected"),
) -> None:
    """Name the clause of a query that excludes an article, or the step where it was lost."""
    from app.wiring import opened
    from store.why_not import why_not as find_reason

    settings = Settings.load()
    with plain_errors(), opened(settings) as archive:
        reason = find_reason(archive, query, url, utc_now())
        put_json({"step": reason.step, "persian": reason.persian, "detail": reason.detail, "article_id": reason.article_id})


def export(
    query: str = typer.Argument("", help="only articles that match; empty: all"),
    format: str = typer.Option("ndjson", "--format", help="ndjson, csv or xlsx"),
    output: Path | None = typer.Option(None, "--output", help="file to write; standard output otherwise"),
) -> None:
    """Export articles with their annotations, one row an article."""
    from app.exporting import write_export
    from app.wiring import opened

    settings = Settings.load()
    with plain_errors(), opened(settings) as archive:
        note(archive, "search.export", format, query)
        with output.open("wb") if output else nullcontext(sys.stdout.buffer) as stream:
            rows = write_export(archive, query, format, stream)
            stream.flush()
        notes.print(f"exported {rows} articles")
