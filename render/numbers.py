"""Numbers, shares and spans of time as a Persian reader writes them."""

from datetime import datetime, timedelta

from core.dates import jalali_text, persian_digits, tehran_day

THOUSANDS = "\u066c"  # ٬
DECIMAL = "\u066b"  # ٫
PERCENT = "\u066a"  # ٪
MINUS = "\u2212"


def number(value: float) -> str:
    """«۱۲٬۳۴۵» for 12345, «۲٫۵» for 2.5, «−۳» for -3."""
    whole = isinstance(value, int) or float(value).is_integer()
    text = f"{int(value):,}" if whole else f"{value:,.1f}"
    return persian_digits(text.replace(",", THOUSANDS).replace(".", DECIMAL).replace("-", MINUS))


def percent(share: float) -> str:
    """«۱۲٪» for 0.124; a share that is neither none nor all is never shown as ۰٪ or ۱۰۰٪: 0.001 → «کمتر از ۱٪»."""
    if 0 < share < 0.005:
        return f"کمتر از {persian_digits(1)}{PERCENT}"
    if 0.995 < share < 1:
        return f"بیش از {persian_digits(99)}{PERCENT}"
    return f"{number(round(share * 100))}{PERCENT}"


def share(part: int, whole: int) -> float:
    """``part / whole``, 0 when there is no whole."""
    return part / whole if whole else 0.0


def difference(now: int, before: int) -> str:
    """Words for a change: (12, 10) → «۲ بیشتر», (8, 10) → «۲ کمتر», (5, 5) → «بی‌تغییر»."""
    if now == before:
        return "بی‌تغییر"
    return f"{number(abs(now - before))} {'بیشتر' if now > before else 'کمتر'}"


def ago(moment: datetime, now: datetime) -> str:
    """«هم‌اکنون», «۵ دقیقه پیش», «۳ ساعت پیش», «دیروز», «۴ روز پیش», then the date. A moment ahead of ``now`` is its date."""
    passed = now - moment
    days = (tehran_day(now) - tehran_day(moment)).days
    if passed < timedelta(0) or days > 6:
        return jalali_text(tehran_day(moment))
    if passed < timedelta(minutes=1):
        return "هم‌اکنون"
    if passed < timedelta(hours=1):
        return f"{number(passed.seconds // 60)} دقیقه پیش"
    if days == 0 or passed < timedelta(hours=6):
        return f"{number(passed.seconds // 3600)} ساعت پیش"
    return "دیروز" if days == 1 else f"{number(days)} روز پیش"
