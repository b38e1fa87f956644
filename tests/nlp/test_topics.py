"""Topics of an article: how many, in which order, and plain cases (invented texts)."""

import numpy as np
import pytest

from core.records import TOPICS
from nlp.labels import Labeller
from nlp.text import Text
from nlp.topics import topic_labels


def _shares(**given: float) -> np.ndarray:
    return np.array([given.get(topic, 0.01) for topic in TOPICS], np.float32)


def test_topics_come_surest_first_and_only_above_the_threshold() -> None:
    found = topic_labels(_shares(sport=0.4, roads=0.9, health=0.2), 0.3)
    assert [(topic.id, topic.confidence) for topic in found] == [("roads", 0.9), ("sport", 0.4)]


def test_an_article_always_has_one_topic_and_at_most_three() -> None:
    assert [topic.id for topic in topic_labels(_shares(other=0.1), 0.3)] == ["other"]
    assert len(topic_labels(np.full(len(TOPICS), 0.8, np.float32), 0.3)) == 3


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("تیم فوتبال شهر در دیدار خانگی با دو گل حریف خود را شکست داد و به صدر جدول لیگ رسید.", "sport"),
        ("خط تازهٔ مترو با ده ایستگاه به بهره‌برداری می‌رسد و اتوبوس‌های تندرو مسافران را جابه‌جا می‌کنند.", "transport"),
        ("آتش‌نشانان پس از دو ساعت حریق انبار را مهار کردند؛ سه نفر از میان دود نجات یافتند.", "safety"),
        ("پلیس سارق سابقه‌دار را دستگیر کرد و پروندهٔ او به دادگاه رفت.", "crime_justice"),
        ("نمایشگاه کتاب با حضور ناشران و نویسندگان گشایش یافت و چند فیلم سینمایی اکران شد.", "culture"),
        ("وزارت بهداشت از کاهش شمار بیماران بستری در بیمارستان‌ها و واکسیناسیون کودکان خبر داد.", "health"),
    ],
)
def test_plain_cases_have_their_topic(text: str, topic: str) -> None:
    assert topic in {label.id for label in Labeller.load().label([Text("", text)])[0].topics}
