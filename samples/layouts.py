"""What each CMS family serves where: the only difference between the sample sites besides their templates."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """A family's addresses. The patterns match an unquoted path with query and may name ``id`` or ``slug``, or ``page``.

    ``redirects`` leads to the piece's own address; ``found_everywhere`` answers unknown addresses with 200.
    """

    family: str
    address: str
    article: re.Pattern[str]
    print_copy: re.Pattern[str]
    amp: re.Pattern[str]
    listing: re.Pattern[str]
    feed: str
    sitemap: str
    robots: str
    redirects: re.Pattern[str]
    sitemap_index: str = ""
    found_everywhere: bool = False


NASTOOH = Layout(
    family="nastooh",
    address="/news/{id}/{slug}",
    article=re.compile(r"/news/(?P<id>\d+)(/[^?]*)?(\?.*)?"),
    print_copy=re.compile(r"/print/(?P<id>\d+)/?"),
    amp=re.compile(r"/amp/(?P<id>\d+)/?"),
    listing=re.compile(r"/|/archive(\?(.*&)?pi=(?P<page>\d+).*|\?.*)?"),
    feed="/rss",
    sitemap="/sitemap/news/sitemap.xml",
    sitemap_index="/sitemap/all/sitemap.xml",
    robots="User-agent: *\nDisallow: /search\nDisallow: /print/\nDisallow: /link/\nSitemap: {base}/sitemap/all/sitemap.xml\n",
    redirects=re.compile(r"/x(?P<id>\d+)"),
)
IRAN_SAMANEH = Layout(
    family="iran_samaneh",
    address="/fa/news/{id}/{slug}",
    article=re.compile(r"/fa/news/(?P<id>\d+)(/[^?]*)?(\?.*)?"),
    print_copy=re.compile(r"/fa/print/(?P<id>\d+)"),
    amp=re.compile(r"/fa/amp/news/(?P<id>\d+)"),
    listing=re.compile(r"/fa/?(\?p=(?P<page>\d+))?|/"),
    feed="/fa/rss/allnews",
    sitemap="/fa-sitemap-news",
    robots="User-agent: *\n"
    + "".join(f"Disallow: /fa/{part}\n" for part in ("save", "print", "send", "report", "ajax", "archive", "news/play"))
    + "Sitemap: {base}/fa-sitemap-news\n",
    redirects=re.compile(r"/fa/tiny/(?P<id>\d+)"),
    found_everywhere=True,
)
WORDPRESS = Layout(
    family="wordpress",
    address="/{slug}/",
    article=re.compile(r"/(?P<slug>[^/?]+)/(\?(?!print=1).*)?"),
    print_copy=re.compile(r"/(?P<slug>[^/?]+)/\?print=1"),
    amp=re.compile(r"/(?P<slug>[^/?]+)/amp/"),
    listing=re.compile(r"/|/page/(?P<page>\d+)/"),
    feed="/feed/",
    sitemap="/wp-sitemap-posts-post-1.xml",
    sitemap_index="/wp-sitemap.xml",
    robots="User-agent: *\nDisallow: /wp-admin/\nDisallow: /*?print=1\nAllow: /wp-admin/admin-ajax.php\nSitemap: {base}/wp-sitemap.xml\n",
    redirects=re.compile(r"/\?p=(?P<id>\d+)|/(?P<slug>[^/?]+)"),
)
LAYOUTS = {layout.family: layout for layout in (NASTOOH, IRAN_SAMANEH, WORDPRESS)}
