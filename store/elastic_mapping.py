"""The explicit mapping: the same fields as the embedded index. Terms come ready-made, the whitespace analyzer only parts them."""

from typing import Any

from store.documents import COUNTED_KEYS, FACET_FIELDS, FIELD_GAP, KEY_FIELDS, TEXT_FIELDS


def _text(name: str) -> dict[str, Any]:
    if name.startswith("surface"):
        return {"type": "text", "analyzer": "whitespace", "index_options": "docs", "norms": False}
    return {"type": "text", "analyzer": "whitespace", "index_options": "positions", "position_increment_gap": FIELD_GAP}


SETTINGS: dict[str, Any] = {"refresh_interval": "30s"}
MAPPINGS: dict[str, Any] = {
    "dynamic": "strict",
    "_source": {"enabled": False},
    "properties": {
        **{name: {"type": "long"} for name in ("id", "group", "at", "sort")},
        "weight": {"type": "double"},
        **{name: _text(name) for name in TEXT_FIELDS},
        **{name: {"type": "keyword"} for name in FACET_FIELDS},
        **{name: {"type": "keyword", "doc_values": name in COUNTED_KEYS} for name in KEY_FIELDS},
    },
}
