"""Moments as the whole numbers that the engines compare."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(moment: datetime) -> int:
    """Since 1970, exactly."""
    elapsed = moment - _EPOCH
    return (elapsed.days * 86400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds


def moment_of_microseconds(number: int) -> datetime:
    """The moment that ``microseconds`` made the number of."""
    return _EPOCH + timedelta(microseconds=number)


def sort_key(moment: datetime, article_id: int) -> int:
    """One number that orders articles by second and then by id."""
    return max(0, microseconds(moment) // 1_000_000) << 31 | (article_id & 0x7FFFFFFF)
