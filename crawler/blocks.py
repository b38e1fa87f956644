"""Recognises what is not an article although something was answered: challenges, soft 404s, redirects to home, app shells."""

import re
from collections.abc import Mapping
from urllib.parse import unquote, urljoin

from core.outcomes import Outcome
from crawler.identity import split_address
from crawler.markers import fold
from crawler.page import decode

_SHELL_BYTES = 12_000
_SHELL_WORDS = 40
_SEARCHED_BYTES = 2_000_000
_CHALLENGE = re.compile(
    rb"arvancloud|__arcsjs|arcaptcha|cf-browser-verification|cdn-cgi/challenge-platform|_cf_chl|ddos-guard|__ddg|"
    rb"<title>\s*(?:just a moment|attention required|checking your browser|ddos protection)",
    re.IGNORECASE,
)
_NO_PAGE = re.compile(rb"\s*(?:\xef\xbb\xbf)?(?:<\?xml[^>]{0,200}>\s*)?(?:[{\[]|<(?:rss|feed|rdf:RDF|urlset|sitemapindex|item|entry)[\s>])")
_PARAGRAPH = re.compile(rb"<p[\s>]", re.IGNORECASE)
_ARTICLE_SIGN = re.compile(
    rb"article:published_time|itemprop=[\"']?(?:articleBody|datePublished)|[\"']datePublished[\"']|[\"']NewsArticle[\"']|nastooh:nid",
    re.IGNORECASE,
)
_TEXT_BLOCK = re.compile(
    r"<(title|h[1-6]|p|div|span|td|li|strong|b|center|font|section|article)\b[^>]{0,500}>\s*([^<>]{4,200}?)\s*(?=<)", re.IGNORECASE
)
_NOT_VISIBLE = re.compile(r"<(script|style|noscript|template|head)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.IGNORECASE | re.DOTALL)
_NOT_FOUND = re.compile(
    r"(?:متاسفانه |با عرض پوزش،? |خطا ?[:؛] ?)*"
    r"(?:صفحه|خبر|مطلب|محتوا|محتوای|سند|نوشته)(?: ای)?(?: ?ی)?"
    r"(?: (?:درخواستی|درخواست شده|مورد نظر|مورد درخواست|با این (?:مشخصات|آدرس|نشانی)))?"
    r"(?: شما)?(?: در (?:این )?(?:سایت|سرور))? (?:موجود نمی ?باشد|موجود نیست|وجود ندارد|یافت نشد|پیدا نشد|حذف شده(?: است)?|در دسترس نیست)"
    r"(?: ?[-–|.!:؛،(].{0,80})?"
)
# Looked for first, as most pages hold nothing of the kind; "%D" begins a message that is percent-encoded.
_MAY_SAY_NOT_FOUND = re.compile(
    r"(?:صفحه|خبر|مطلب|محتوا|سند|نوشته)[^<>]{0,120}(?:موجود|وجود|[یي]افت|پ[یي]دا|حذف|دسترس)"
    r"|[یي]افت نشد|پ[یي]دا نشد|404|۴۰۴|٤٠٤|not found|>\s*%D",
    re.IGNORECASE,
)
_NOT_FOUND_TITLE = re.compile(
    r"(?:خطای )?(?:error )?(?:404|۴۰۴)(?: error)?(?: ?[-–|:؛،] ?.*)?|(?:404 )?(?:page )?not found(?: ?[-–|:] ?.*)?"
    r"|(?:چیزی )?(?:یافت|پیدا) نشد.{0,60}",
    re.IGNORECASE,
)


def find_block(status: int, headers: Mapping[str, str], body: bytes, url: str, requested_url: str) -> Outcome | None:
    """What the answer is when it is not a page to extract from; None when it may be an article.

    ``headers`` has lower-case names; ``url`` is where the answer came from, ``requested_url`` what was asked for.
    A 200 page that says «صفحه درخواستی شما موجود نمی باشد» → ``Outcome.SOFT_404``; an ArvanCloud shell → ``Outcome.BLOCKED``.
    """
    by_status = _of_status(status, headers, url)
    if by_status is not None:
        return by_status
    kind = headers.get("content-type", "").lower()
    if kind and not re.search(r"html|xml|json|text/plain|octet-stream", kind):
        return Outcome.NOT_AN_ARTICLE
    if not body.strip():
        return Outcome.BLOCKED
    if _leads_to_front(url, requested_url):
        return Outcome.SOFT_404
    if _NO_PAGE.match(body):
        return None
    if _is_challenge(headers, body):
        return Outcome.BLOCKED
    if is_not_found_page(body):
        return Outcome.SOFT_404
    return Outcome.BLOCKED if _is_app_shell(body) else None


def _of_status(status: int, headers: Mapping[str, str], url: str) -> Outcome | None:
    if status in (404, 410):
        return Outcome.GONE
    if 300 <= status < 400:
        target = urljoin(url, headers.get("location", ""))
        return Outcome.BLOCKED if target == url else Outcome.FAILED
    if status in (401, 403, 407, 429, 451) or (status == 503 and "retry-after" not in headers):
        return Outcome.BLOCKED
    return Outcome.FAILED if status >= 400 or status < 200 else None


def _leads_to_front(url: str, requested_url: str) -> bool:
    """Whether an article's address ended at the front page or far above itself: ``/news/5/slug`` → ``/``, but not → ``/news/5``."""
    if _is_home(url):
        return not _is_home(requested_url)
    reached, asked = (split_address(address).path.strip("/").split("/") for address in (url, requested_url))
    return not split_address(url).query and len(reached) <= len(asked) - 2 and asked[: len(reached)] == reached


def _is_home(url: str) -> bool:
    return (
        split_address(url).path.strip("/") in ("", "fa", "fa/home", "index.php", "index.html", "home", "fa/index")
        and not split_address(url).query
    )


def _is_challenge(headers: Mapping[str, str], body: bytes) -> bool:
    """A small page without a paragraph that names a challenge, or sets a challenge's cookie."""
    if len(body) > _SHELL_BYTES or (_PARAGRAPH.search(body) and b"arvancloud" not in body.lower()):
        return False
    return bool(_CHALLENGE.search(body)) or "__arcsjs" in headers.get("set-cookie", "")


def _is_app_shell(body: bytes) -> bool:
    """A small page that holds scripts and nearly no words: the text comes later, by JavaScript."""
    if len(body) > _SHELL_BYTES or b"<script" not in body.lower() or _PARAGRAPH.search(body):
        return False
    visible = _NOT_VISIBLE.sub(" ", decode(body, None))
    return len(visible.split()) < _SHELL_WORDS


def is_not_found_page(body: bytes) -> bool:
    """Whether a 200 page says that the article is not there: in its title, a heading or a short block, and nowhere claims an article.

    «صفحه درخواستی شما موجود نمی باشد» alone in a block → True; the same words within an article's sentence → False.
    """
    if _ARTICLE_SIGN.search(body):
        return False
    text = decode(body[:_SEARCHED_BYTES], None)
    if not _MAY_SAY_NOT_FOUND.search(text):
        return False
    for match in _TEXT_BLOCK.finditer(text):
        folded = fold(unquote(match[2]))
        if _NOT_FOUND.fullmatch(folded) or (match[1].lower() in ("title", "h1", "h2") and _NOT_FOUND_TITLE.fullmatch(folded)):
            return True
    return False
