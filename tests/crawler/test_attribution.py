"""Whose report an article says it is."""

import pytest

from crawler.attribution import Attribution, find_attribution


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        ("به گزارش ایرنا به نقل از پلیس راهور، نمونه گفت", Attribution("ایرنا", "پلیس راهور")),
        ("به گزارش ایسنا، به نقل از روابط عمومی شهرداری نمونه، طرح آغاز شد", Attribution("ایسنا", "روابط عمومی شهرداری نمونه")),
        ("به گزارش شهرآرانیوز، شهردار نمونه گفت", Attribution("شهرآرانیوز")),
        ("به گزارش صبح توس؛ نمونه امروز گفت", Attribution("صبح توس")),
        ("به گزارش خبرنگار مهر، نمونه گفت", Attribution("مهر")),
        ("به گزارش خبرگزاری دانشجویان ایران (ایسنا)، نمونه گفت", Attribution("ایسنا")),
        ("ایسنا/خراسان رضوی معاون شهردار نمونه گفت", Attribution("ایسنا", "", "خراسان رضوی")),
        ("خرم‌آباد- معاون نمونه گفت", Attribution("", "", "خرم‌آباد")),
        ("مشهد- ایرنا- شهردار نمونه گفت", Attribution("ایرنا", "", "مشهد")),
        ("شهردار نمونه گفت که گزارش را می‌خواند", Attribution()),
        ("گفت‌وگو - نمونه با ما سخن گفت", Attribution()),
    ],
)
def test_opening_names_agency_source_and_place(opening: str, expected: Attribution) -> None:
    """Row 3: agency copy is marked as such, so that counts with and without it are possible."""
    assert find_attribution(opening, ()) == expected
    assert find_attribution("", (opening,)) == expected
