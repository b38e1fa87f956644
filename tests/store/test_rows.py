"""Records to rows and back, whatever the text."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core.records import Comment, Image, RawArticle
from store.rows import address_key, clean, dump_annotations, load_annotations, raw_article, revision_values, text_hash
from tests.store.samples import full_raw, raw, said

anything = st.text(st.characters(exclude_categories=()))


@given(anything)
def test_cleaning_keeps_length_and_can_be_encoded(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) == len(text)
    assert "\0" not in cleaned
    cleaned.encode()
    assert clean(cleaned) == cleaned


@given(anything, anything, st.lists(anything))
def test_any_article_survives_the_way_through_a_row(headline: str, body: str, keywords: list[str]) -> None:
    article = replace(
        full_raw(), headline=headline, body=body, keywords=tuple(keywords), images=(Image("", body),), comments=(Comment(body),)
    )
    expected = RawArticle(
        **{name: getattr(article, name) for name in article.__slots__}
        | {
            "headline": clean(headline),
            "body": clean(body),
            "keywords": tuple(map(clean, keywords)),
            "images": (Image("", clean(body)),),
            "comments": (Comment(clean(body)),),
        }
    )
    row = {**revision_values(article), "outlet": article.outlet, "news_id": article.news_id}
    assert raw_article(row) == expected


@given(anything)
def test_any_annotations_survive_the_way_through_json(text: str) -> None:
    labels = said()
    labels = replace(labels, quotes=(replace(labels.quotes[0], content=text),), fingerprint=b"\x00\xff")
    back = load_annotations(dump_annotations(labels), b"\x00\xff")
    assert back == replace(labels, quotes=(replace(labels.quotes[0], content=clean(text)),))


@given(anything)
def test_any_address_has_a_key(url: str) -> None:
    assert "\0" not in address_key(url)
    address_key(url).encode()


@given(anything)
def test_white_space_never_changes_the_hash(text: str) -> None:
    spaced = "\n ".join(text)
    assert text_hash(raw(body=text)) == text_hash(raw(body=spaced))


def test_an_added_word_changes_the_hash() -> None:
    assert text_hash(raw(body="بوستان")) != text_hash(raw(body="بوستان نو"))
