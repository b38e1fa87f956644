import random
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from nlp.fingerprint import bands, fingerprint, is_reprint
from nlp.headlines import bare_headline
from nlp.text import Text

STORY = (
    "اهالی محله نمونه از نبود روشنایی در بوستان تازه‌ساخت گلایه کردند و گفتند شب‌ها رفت‌وآمد در آن دشوار است. "
    "مدیر ناحیه گفت که چراغ‌ها تا پایان ماه نصب می‌شود و پیمانکار آن معرفی شده است. "
    "به گفته او آبیاری درختان نیز از هفته آینده با سامانه قطره‌ای انجام خواهد شد."
)
HEADLINE = "گلایه اهالی از تاریکی بوستان"


def _met(one, other):
    return bool(set(bands(fingerprint(one))) & set(bands(fingerprint(other))))


@pytest.mark.parametrize(
    ("headline", "bare"),
    [
        ("فیلم | آتش‌سوزی در بازار", "آتش سوزی در بازار"),
        ("آتش‌سوزی در بازار + عکس", "آتش سوزی در بازار"),
        ("آتش‌سوزی در بازار (تصاویر)", "آتش سوزی در بازار"),
        ("اختصاصی / آتش‌سوزی در بازار + فیلم و عکس", "آتش سوزی در بازار"),
        ("یادداشت: شهر ما | روزنامه نمونه", "شهر ما"),
        ("+ فیلم", "+ فیلم"),
        ("عکس‌های قدیمی شهر", "عکس های قدیمی شهر"),
    ],
)
def test_headline_labels_do_not_matter(headline, bare):
    """Complaint row 2: «Opinion | X – NYT», «Op-Ed: X» and «X» were never merged."""
    assert bare_headline(headline) == bare


@pytest.mark.parametrize("prefix", ["فیلم | ", "اختصاصی: ", "گزارش تصویری/ "])
def test_same_text_at_another_outlet_under_a_labelled_headline_is_a_reprint(prefix):
    """Complaint rows 1 and 12: the same text at several outlets was shown several times."""
    one = Text(HEADLINE, STORY)
    other = Text(f"{prefix}{HEADLINE} + عکس", f"به گزارش خبرگزاری نمونه، {STORY} انتهای پیام/")
    assert _met(one, other)
    assert is_reprint(one, other)
    assert is_reprint(other, one)


def test_half_spaces_and_letters_do_not_matter():
    other = Text(HEADLINE, STORY.replace("\u200c", " ").replace("ی", "ي").replace("ک", "ك"))
    assert fingerprint(Text(HEADLINE, STORY)) == fingerprint(other)
    assert is_reprint(Text(HEADLINE, STORY), other)


def test_a_shortened_copy_is_a_reprint():
    other = Text("تاریکی بوستان", STORY.split(". ")[0] + ".")
    assert _met(Text(HEADLINE, STORY), other)
    assert is_reprint(Text(HEADLINE, STORY), other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "زمین‌لرزه‌ای به بزرگی ۴.۳ ریشتر ساعت ۱۰ و ۶ دقیقه در عمق ۱۳ کیلومتری زمین شهر الف را لرزاند",
            "زمین‌لرزه‌ای به بزرگی ۵.۱ ریشتر ساعت ۲۲ و ۴۱ دقیقه در عمق ۸ کیلومتری زمین شهر الف را لرزاند",
        ),
        (
            "قیمت هر کیلو سیب ۴۰ هزار تومان، پرتقال ۵۵ هزار تومان و هندوانه ۱۲ هزار تومان در میدان میوه اعلام شد",
            "قیمت هر کیلو سیب ۴۴ هزار تومان، پرتقال ۶۱ هزار تومان و هندوانه ۱۵ هزار تومان در میدان میوه اعلام شد",
        ),
        (
            "دمای فردا در شهر نمونه بین ۱۲ تا ۲۱ درجه و سرعت باد ۳۰ کیلومتر بر ساعت پیش‌بینی می‌شود و آسمان صاف است",
            "دمای فردا در شهر نمونه بین ۳ تا ۱۴ درجه و سرعت باد ۵۵ کیلومتر بر ساعت پیش‌بینی می‌شود و آسمان صاف است",
        ),
        (
            "شمار مصدومان حادثه اتوبوس در جاده نمونه به ۱۲ نفر رسید و امدادگران همچنان در محل هستند",
            "شمار مصدومان حادثه اتوبوس در جاده نمونه به ۱۷ نفر رسید و امدادگران همچنان در محل هستند",
        ),
    ],
)
def test_reports_from_one_template_and_updates_are_not_reprints(one, other):
    assert not is_reprint(Text("", one), Text("", other))


def test_one_template_with_another_place_in_it_is_another_report():
    one = "قطع برق در حوالی شهر الوند؛ فرماندار: ساعاتی پیش برق نقطه‌ای در حوالی شهر الوند قطع شد. گزارش تکمیلی اعلام می‌شود."
    other = "قطع برق در حوالی شهر سهند؛ فرماندار: ساعاتی پیش برق نقطه‌ای در حوالی شهر سهند قطع شد. گزارش تکمیلی اعلام می‌شود."
    assert not is_reprint(Text("", one), Text("", other))
    assert not is_reprint(Text("", other), Text("", one))


def test_another_spelling_in_two_places_is_no_other_name():
    one = "جشن مهمونی محله در بوستان نمونه برگزار شد و اهالی گفتند این مهمونی هر سال در همین روز تکرار خواهد شد"
    assert is_reprint(Text("", one), Text("", one.replace("مهمونی", "مهمانی")))


def test_texts_that_only_end_alike_are_not_reprints():
    """Complaint row 12: what was joined has to be one text, not two with one closing formula."""
    end = "شما هم به پویش شهر پاک بپیوندید و تصویرهای خود را برای دبیرخانه بفرستید؛ نشانی در پایین همین صفحه آمده است."
    one = "هر بطری که رها شود سال‌ها در خاک می‌ماند و خوراک پرندگان دشت می‌شود؛ این هفته صد داوطلب آن‌ها را گرد آوردند. "
    other = "در بازار روز کیسه پارچه‌ای بخواهیم تا فروشنده کیسه نو ندهد؛ پارسال نیمی از خریداران محله چنین کردند و راضی بودند. "
    assert not is_reprint(Text("", one + end), Text("", other + end))


@pytest.mark.parametrize(("hours", "same"), [(2, True), (35, True), (40, False), (24 * 30, False)])
def test_what_comes_again_later_must_be_nearly_the_same(hours, same):
    """A form's next report («تا ساعت ۱۴ امروز …») says most of the same words days later."""
    at = datetime(2026, 11, 20, 6, tzinfo=UTC)
    parts = STORY.split(". ")
    other = f"{parts[0]}. رئیس شورای محله از ثبت درخواست تازه خبر داد و خواست که پاسخ آن زودتر برسد. {parts[2]}"
    one, later = Text(HEADLINE, STORY, at), Text(HEADLINE, other, at + timedelta(hours=hours))
    assert is_reprint(one, later) == is_reprint(later, one) == same
    assert is_reprint(one, Text(HEADLINE, STORY, at + timedelta(hours=hours)))


def test_the_decision_does_not_depend_on_which_text_comes_first():
    pick = random.Random(11)
    words = STORY.split()
    for _ in range(200):
        one, other = ([pick.choice(words) if pick.random() < 0.15 else word for word in words] for _ in range(2))
        first, second = Text("", " ".join(one)), Text("", " ".join(other))
        assert is_reprint(first, second) == is_reprint(second, first)


@pytest.mark.parametrize("unit", ["کلمه ", "الف ب ", "۱۲ نفر ", "\ud800 ", STORY])
def test_hostile_texts_are_compared_in_time(unit):
    for letters in (20_000, 200_000):
        one = Text("", (unit * (letters // len(unit) + 1))[:letters])
        other = Text("", ("آغاز دیگر. " + one.body)[:letters])
        began = time.process_time()
        is_reprint(one, other)
        assert time.process_time() - began < 1 + letters / 50_000


def test_different_texts_on_one_matter_are_not_reprints():
    other = Text(
        HEADLINE, "شهرداری اعلام کرد روشنایی بوستان‌ها را در سه مرحله نو می‌کند و برای آن بودجه گذاشته است؛ کار از جنوب شهر آغاز می‌شود."
    )
    assert not is_reprint(Text(HEADLINE, STORY), other)


def test_an_empty_text_is_nobodys_reprint():
    assert fingerprint(Text("", "")) == b""
    assert bands(b"") == ()
    assert not is_reprint(Text("", ""), Text("", ""))


def test_bands_fit_a_signed_column_and_are_few():
    values = bands(fingerprint(Text(HEADLINE, STORY * 3)))
    assert 0 < len(values) <= 32
    assert max(values) < 2**31


def test_different_texts_of_the_same_words_hardly_ever_share_a_band():
    rng = np.random.default_rng(5)
    words = ["خیابان", "بوستان", "درخت", "پل", "محله", "بازار", "چراغ", "آب", "میدان", "کتاب", "راه", "جشن", "زمین", "خانه", "باران", "باغ"]
    sketches = [set(bands(fingerprint(Text("", " ".join(rng.choice(words, 60)))))) for _ in range(100)]
    met = sum(bool(one & other) for place, one in enumerate(sketches) for other in sketches[:place])
    assert met <= 10
