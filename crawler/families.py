"""The CMS families of Persian news sites as data: where each keeps its fields, what to drop, how its addresses name an article.

Selectors stand in the order in which they are tried. A family serves every outlet and theme built on it; an outlet's own row may put
selectors before these (``Outlet.selectors``). Facts about other themes belong into the lists, never into code.
"""

import re

from crawler.families_agencies import IRAN_SAMANEH, NASTOOH
from crawler.families_others import ASAM, NEWS_STUDIO, TASNIM
from crawler.families_wordpress import WORDPRESS
from crawler.family import DROP_EVERYWHERE, CommentSelectors, Family

FALLBACK = Family(
    key="",
    name="unknown",
    kicker=(".rutitr", ".rootitr", ".rotitr", ".kicker", ".uptitle", ".up-title", "#Content_rutitr", ".newsbodyrotitr"),
    headline=("[itemprop='headline']", "article h1", "main h1", "h1", "#Content_title", ".newsbodytitr", ".news-title", "#single-main h2"),
    lead=("p[itemprop='description']", ".lead", ".introtext", ".summary", "#Content_lid", ".entry-sub-title", ".brief"),
    body=(),
    byline=("[rel='author']", "[itemprop='author']", ".author-name", ".byline"),
    date_text=(
        "time",
        ".date-created",
        ".entry-date",
        ".post-date",
        ".publish-time",
        ".publish_time",
        ".news-date",
        ".news_time",
        ".asset-metabar-time",
        "#Content_publishdate",
        ".doc_date",
    ),
    breadcrumb=(
        ".breadcrumb a",
        "[rel='category tag']",
        ".category-name a",
        ".asset-metabar-cat",
        "#breadcrumb a",
        ".path a",
        ".section-name a",
    ),
    keywords=("[rel='tag']", ".tags a", ".tag a", ".tags-box a strong", "#keyWordContainer strong", ".news-tags a"),
    news_code=(".news-code", ".item-code", ".news_id", ".news-id"),
    short_url=(".short-link input", ".shortlink input"),
    drop=DROP_EVERYWHERE,
    comments=CommentSelectors(
        item=(".comment-list li", ".comments li", ".comments .comment", ".comments-list li"),
        author=(".author", ".name"),
        date=("time", ".date"),
        text=(".comment-body", ".comment-text", ".text", "p"),
        votes_up=(".like", ".up"),
        votes_down=(".dislike", ".down"),
    ),
    id_patterns=(re.compile(r"^/(?:[a-z]{2}/)?(?:amp/)?(?:news|photo|video|print)/(\d{4,})(?=/|$)", re.IGNORECASE),),
    digit_tail=True,
)

WORDPRESS_REST = Family(key="wordpress_rest", name="WordPress REST", id_parameter="p", page=False)
RSS = Family(key="rss", name="RSS only", id_patterns=FALLBACK.id_patterns, page=False)
# Below the outlet's prefix, which holds the channel's name, a message's path is its number alone.
TELEGRAM = Family(key="telegram", name="Telegram preview", id_patterns=(re.compile(r"^/(\d+)/?$"),), page=False)
EITAA = Family(key="eitaa", name="Eitaa preview", id_patterns=(re.compile(r"^/(\d+)/?$"),), page=False)

FAMILY_OF_UNKNOWN = FALLBACK
FAMILIES: dict[str, Family] = {
    family.key: family
    for family in (NASTOOH, IRAN_SAMANEH, ASAM, NEWS_STUDIO, TASNIM, WORDPRESS, WORDPRESS_REST, RSS, TELEGRAM, EITAA, FALLBACK)
}
