"""The item pipeline: every fetched page goes to the desk, in the desk's own thread."""

from typing import Any

from scrapy.crawler import Crawler

from crawler.desk import FetchedPage


class ArticlePipeline:
    """Has the desk read each page and tells the spider how it ended."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ArticlePipeline":
        """Scrapy's way to make it."""
        return cls(crawler)

    async def process_item(self, item: FetchedPage) -> FetchedPage:
        """Takes the page to its outcome."""
        spider: Any = self._crawler.spider
        await spider.read_page(item)
        return item
