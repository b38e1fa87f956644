"""What a CMS family is: the shape of the data in ``families_*.py``."""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CommentSelectors:
    """Where readers' comments stand; the parts are looked up inside one ``item``."""

    item: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    votes_up: tuple[str, ...] = ()
    votes_down: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """A CMS: CSS selectors per field, things to drop, and id patterns over the path below the outlet's prefix.

    ``id_path`` is the address of an article without its slug, with ``{id}``; ``id_parameter`` the query parameter that holds the id.
    ``digit_tail`` says that a last block of digits is an internal code. ``page`` is False where the input is no HTML page.
    """

    key: str
    name: str
    container: tuple[str, ...] = ()
    kicker: tuple[str, ...] = ()
    headline: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    byline: tuple[str, ...] = ()
    date_text: tuple[str, ...] = ()
    breadcrumb: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    news_code: tuple[str, ...] = ()
    short_url: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    comments: CommentSelectors = field(default_factory=CommentSelectors)
    id_patterns: tuple[re.Pattern[str], ...] = ()
    id_path: str = ""
    id_parameter: str = ""
    id_metas: tuple[str, ...] = ()
    digit_tail: bool = False
    page: bool = True


DROP_EVERYWHERE = (
    ".print-header",
    ".related-items",
    ".item-sharing",
    ".header-sharing",
    ".rating-stars",
    ".noprint",
    ".no-print",
    ".video-js",
    ".jwplayer",
    ".kk-star-ratings",
    ".yarpp",
    ".yarpp-related",
    ".crp_related",
    ".lwptoc",
    ".post-shortlink",
    ".aiosrs-rating-wrap",
    ".sharedaddy",
    ".jp-relatedposts",
    ".addtoany_share_save_container",
)
