"""The fields of the embedded index and how a document is put into them."""

import tantivy

from store.documents import COUNTED_KEYS, FACET_FIELDS, FIELD_GAP, KEY_FIELDS, TEXT_FIELDS, Document

TOKENS = "terms"
_GAP = ("",) * (FIELD_GAP - 1)


def schema() -> tantivy.Schema:
    """All fields. Text holds terms parted by spaces; nothing is stored, the records are in SQL."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_unsigned_field("group", indexed=True, fast=True)
    builder.add_integer_field("at", indexed=True, fast=True)
    builder.add_integer_field("sort", indexed=True, fast=True)
    builder.add_float_field("weight", fast=True)
    for name in TEXT_FIELDS:
        builder.add_text_field(name, tokenizer_name=TOKENS, index_option="basic" if name.startswith("surface") else "position")
    for name in FACET_FIELDS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in KEY_FIELDS:
        builder.add_text_field(name, fast=name in COUNTED_KEYS, tokenizer_name="raw", index_option="basic")
    return builder.build()


def prepared(index: tantivy.Index) -> tantivy.Index:
    """The index with our tokenizer: terms come ready-made, only the spaces part them."""
    index.register_tokenizer(TOKENS, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    return index


def tantivy_document(document: Document) -> tantivy.Document:
    """A value of the wrong type kills the writer, so every value goes through the method of its type."""
    made = tantivy.Document()
    made.add_unsigned("id", document.id)
    made.add_unsigned("group", document.group)
    made.add_integer("at", document.at)
    made.add_integer("sort", document.sort)
    made.add_float("weight", 2.0 ** min(document.weight, 900.0) - 2.0)  # Tantivy multiplies with log2(2 + value)
    spaced = {name: _with_gaps(document.texts[name]) for name in ("all", "headline")}
    made.extend({**document.texts, **spaced, **document.values}, None)
    return made


def _with_gaps(texts: list[str]) -> list[str]:
    """Every empty value moves the next one a place on, so that no phrase reaches from one text into another."""
    return [part for place, text in enumerate(texts) for part in (*(_GAP if place else ()), text)]
