"""The articles of a search as a file: exactly those that the page counts."""

from fastapi import APIRouter, Request
from starlette.responses import StreamingResponse

from core.dates import jalali_numeric, jalali_text, tehran_day
from core.errors import BadInput
from dashboards.access import require
from dashboards.desk import Desk
from dashboards.narrowing import Narrowing
from dashboards.search_page import chips, read_order
from render import word
from render.numbers import number
from render.tables import FORMATS, MEDIA_TYPES, table_pieces
from store.export import matching_articles
from store.index import SearchRequest

_DOCX = "docx"


def build_router(desk: Desk) -> APIRouter:
    """``/search/export``."""
    router = APIRouter()

    @router.get("/search/export")
    def export(request: Request) -> StreamingResponse:
        return export_file(desk, request)

    return router


def export_file(desk: Desk, request: Request) -> StreamingResponse:
    """Every article that the page counts, one row each, in the page's order by time; the file is sent while it is made."""
    user, params = require(request, "viewer"), request.query_params
    narrowing = desk.narrowing(params.multi_items())
    format, order = params.get("format", "csv"), read_order(params.get("order", ""), narrowing)
    found = matching_articles(desk.archive, narrowing.query(desk.clock()), order)
    table = next((known for known in FORMATS if known == format), None)
    if format == _DOCX:
        media, pieces = word.MEDIA_TYPE, word.word_pieces(found, cover(desk, narrowing), desk.outlet_name)
    elif table:
        media, pieces = MEDIA_TYPES[table], table_pieces(table, found)
    else:
        raise BadInput("format", format, f"not one of {(*FORMATS, _DOCX)}", "قالب خروجی باید csv، xlsx، docx یا ndjson باشد.")
    desk.archive.audit.note(user, "search.export", format, desk.clock(), narrowing.url())
    name = f"rasad-{jalali_numeric(tehran_day(desk.clock())).replace('/', '-')}.{format}"
    return StreamingResponse(pieces, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def cover(desk: Desk, narrowing: Narrowing) -> word.Cover:
    """What stands above the articles of a Word file: the words searched, the days, the filters and the number of articles."""
    total = desk.archive.search.search(SearchRequest(narrowing.query(desk.clock()), limit=0, order="newest", fold=False)).total
    lines = [f"{number(total)} خبر، برگرفته در {jalali_text(tehran_day(desk.clock()), with_weekday=True)}"]
    if narrowing.since or narrowing.until:
        days = (
            f"از {jalali_text(narrowing.since)}" if narrowing.since else "",
            f"تا {jalali_text(narrowing.until)}" if narrowing.until else "",
        )
        lines.append(" ".join(day for day in days if day))
    lines += [f"{kind}: {value}" for kind, value, _url in chips(desk, narrowing)]
    return word.Cover(f"جست‌وجوی «{narrowing.text}»" if narrowing.text else "خبرهای برگزیده", tuple(lines))
