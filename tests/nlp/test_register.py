from datetime import UTC, datetime
from itertools import pairwise

import pytest

from core.errors import SettingError
from nlp.normalize import fold
from nlp.register import Register
from tests.nlp.invented import register, rules_only


def _keys(text):
    return [found.key for found in register().find(fold(text).text)]


def test_the_longest_name_stands():
    assert _keys("سازمان آتش‌نشانی و خدمات ایمنی شهرداری مشهد") == ["mashhad-fire"]


@pytest.mark.parametrize("spelling", ["سازمان آتش‌نشانی مشهد", "سازمان آتش نشانی مشهد", "سازمان آتشنشانی مشهد", "سازمان آتش‌نشاني  مشهد"])
def test_spellings_of_one_name_are_one_entity(spelling):
    assert _keys(spelling) == ["mashhad-fire"]


@pytest.mark.parametrize(("text", "keys"), [("این خبر ایسناست", ["outlet-isna"]), ("وایسنا", ["outlet-isna"]), ("مشهدی", [])])
def test_endings_and_joined_and_are_allowed_but_no_other_letters(text, keys):
    assert _keys(text) == keys


def test_a_name_alone_means_the_citys_body_only_in_an_article_about_the_city():
    assert _keys("شورای شهر تشکیل جلسه داد") == []
    assert "mashhad-council" in _keys("در مشهد شورای شهر تشکیل جلسه داد")


def test_another_towns_mayor_is_not_the_citys():
    assert "mayor-of-mashhad" not in _keys("شهردار نیشابور در مشهد گفت")
    assert "golshahr" in _keys("در مشهد اهالی گلشهر خواستار آب شدند")


def test_a_deputy_mayor_is_not_the_mayor():
    assert "mayor-of-mashhad" not in _keys("معاون شهردار در مشهد گفت")


@pytest.mark.parametrize(
    ("day", "person"),
    [
        (datetime(2019, 4, 1, tzinfo=UTC), "mohammadreza-kalaei"),
        (datetime(2018, 3, 1, tzinfo=UTC), "ghasem-taghizadeh-khamesi"),
        (datetime(1990, 1, 1, tzinfo=UTC), "mayor-of-mashhad"),
        (None, "mayor-of-mashhad"),
    ],
)
def test_an_office_is_its_holder_on_the_articles_day(day, person):
    assert register().resolve("mayor-of-mashhad", day) == person


def test_no_office_has_two_holders_on_one_day():
    for office in register().offices.values():
        terms = sorted(office.holders, key=lambda term: term.since)
        assert all(one.until and one.until < other.since for one, other in pairwise(terms))


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        ('[[entity]]\nid = "a"\nkind = "XYZ"\nname = "الف"', "entities.toml entity 1 kind"),
        ('[[entity]]\nid = "a"\nkind = "ORG"', "entities.toml entity 1 name"),
        (
            '[[office]]\nid = "o"\nname = "شهردار"\nholders = [{ person = "x", from = "2020-01-01" }]',
            "entities.toml office 1 holders person",
        ),
        ('[[office]]\nid = "o"\nname = "شهردار"\nvoice = "loud"', "entities.toml office 1 voice"),
    ],
)
def test_a_wrong_row_is_named(tmp_path, rows, key):
    path = tmp_path / "entities.toml"
    path.write_text(rows, encoding="utf-8")
    with pytest.raises(SettingError) as error:
        Register.load(path)
    assert error.value.key == key


def test_a_missing_file_is_a_setting_error(tmp_path):
    with pytest.raises(SettingError):
        Register.load(tmp_path / "entities.toml")


def test_offsets_of_mentions_point_into_the_body_as_given():
    body = "به گزارش ایسنا،  شهرداريِ مشهد و سازمان آتش‌نشانی مشهد"
    part = rules_only().read("body", body)
    found = {body[slice(*part.folded.span(one.start, one.end))]: one.key for one in part.named}
    assert found["سازمان آتش‌نشانی مشهد"] == "mashhad-fire"
    assert found["شهرداريِ مشهد"] == "mashhad-municipality"


def test_a_surname_alone_is_the_person_named_in_full():
    part = rules_only().read("body", "محمدرضا کلائی آمد.")
    assert [one.key for one in part.named] == ["mohammadreza-kalaei"]
