"""The closed list of what can happen to an address or an article in a stage.

Every address ends in exactly one outcome per fetch, counted once and logged once.
"""

from enum import StrEnum


class Outcome(StrEnum):
    """What happened. The value is the word in logs, the ledger and JSON; ``PERSIAN`` holds what a user reads."""

    # crawling: the page was read
    STORED = "stored"
    EDITED = "edited"
    UNCHANGED = "unchanged"
    # crawling: not an article of ours; final
    DUPLICATE_ADDRESS = "duplicate_address"
    OTHER_SECTION = "other_section"
    NOT_AN_ARTICLE = "not_an_article"
    GONE = "gone"
    REFUSED = "refused"
    ROBOTS_DISALLOWED = "robots_disallowed"
    # crawling: tried again later
    SOFT_404 = "soft_404"
    BLOCKED = "blocked"
    ROBOTS_UNAVAILABLE = "robots_unavailable"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    TOO_LARGE = "too_large"
    NO_BODY = "no_body"
    # import
    REJECTED = "rejected"
    # crawling: known and not read yet
    WAITING = "waiting"

    @property
    def persian(self) -> str:
        """The Persian words for the screen: ``Outcome.STORED.persian`` → «ذخیره شد»."""
        return _PERSIAN[self]


_PERSIAN = {
    Outcome.STORED: "ذخیره شد",
    Outcome.EDITED: "ویرایش تازه",
    Outcome.UNCHANGED: "بی‌تغییر",
    Outcome.DUPLICATE_ADDRESS: "نشانی دیگرِ همان خبر",
    Outcome.OTHER_SECTION: "بخش دیگر",
    Outcome.NOT_AN_ARTICLE: "خبر نیست",
    Outcome.GONE: "حذف شده",
    Outcome.REFUSED: "نشانی مجاز نیست",
    Outcome.ROBOTS_DISALLOWED: "ممنوع در robots.txt",
    Outcome.SOFT_404: "صفحهٔ «یافت نشد»",
    Outcome.BLOCKED: "راه بسته",
    Outcome.ROBOTS_UNAVAILABLE: "robots.txt در دسترس نیست",
    Outcome.FAILED: "ناموفق",
    Outcome.TIMED_OUT: "بی‌پاسخ",
    Outcome.TOO_LARGE: "بیش از اندازه بزرگ",
    Outcome.NO_BODY: "متن پیدا نشد",
    Outcome.REJECTED: "پذیرفته نشد",
    Outcome.WAITING: "در انتظار",
}

RETRIED = frozenset(
    {
        Outcome.SOFT_404,
        Outcome.BLOCKED,
        Outcome.ROBOTS_UNAVAILABLE,
        Outcome.FAILED,
        Outcome.TIMED_OUT,
        Outcome.TOO_LARGE,
        Outcome.NO_BODY,
    }
)
READ = frozenset({Outcome.STORED, Outcome.EDITED, Outcome.UNCHANGED})
