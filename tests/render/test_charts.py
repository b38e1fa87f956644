import re
import struct
from datetime import date, timedelta
from pathlib import Path

import pytest

from render.bars import NARROW, WIDE, ToneDay, tone_chart_svg
from render.charts import tone_chart_png
from render.palette import INK, LINE, MUTED, TONE_COLOURS

DAY = date(2026, 11, 24)
DAYS = [ToneDay(DAY - timedelta(days=6 - number), number, 2, 1) for number in range(7)]


def test_a_mail_chart_is_a_png_of_the_asked_size() -> None:
    picture = tone_chart_png(DAYS)
    assert picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    assert width > 2 * WIDE.width
    assert height > 2 * WIDE.height


def test_every_bar_leads_to_its_day_and_tone() -> None:
    svg = tone_chart_svg(DAYS, WIDE, lambda day, tone: f"/search?day={day}&tone={tone}")
    links = re.findall(r'<a href="([^"]+)"><path aria-label="([^"]+)"', svg)
    assert len(links) == 6 + 7 + 7  # the first day has no negative article, so no bar to follow
    assert ("/search?day=2026-11-24&amp;tone=negative", "۳ آذر ۱۴۰۵: ۶ خبر منفی") in links


def test_a_page_chart_obeys_the_content_policy() -> None:
    svg = tone_chart_svg(DAYS, NARROW, lambda _day, _tone: None)
    assert "style=" not in svg
    assert "<script" not in svg
    assert "http" not in svg.replace("http://www.w3.org/", "")


def test_time_runs_from_right_to_left_and_the_scale_stands_on_the_right() -> None:
    svg = tone_chart_svg(DAYS, WIDE, lambda _day, _tone: None)
    places = {name: float(x) for x, name in re.findall(r'translate\(([\d.]+),[\d.]+\)"[^>]*>\u200f([^<]+)</text>', svg)}
    assert places["۳ آذر"] < places["۲۷ آبان"]
    assert max(float(x) for x in re.findall(r'role-axis"[^>]*><g transform="translate\(([\d.]+)', svg)) > WIDE.width - 1


def test_a_chart_without_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        tone_chart_png([])


def test_style_sheet_and_charts_share_their_colours() -> None:
    folder = Path(__file__).parents[2] / "dashboards" / "static" / "css"
    base, components = (folder / "base.css").read_text("utf-8"), (folder / "components.css").read_text("utf-8")
    for tone, colour in TONE_COLOURS.items():
        assert f"--{tone}: {colour};" in base
        assert f'[fill="{colour}"]' in components
    for name, colour in (("ink", INK), ("muted", MUTED), ("line", LINE)):
        assert f"--{name}: {colour};" in base
