"""The door to Persian text: letters, digits, half-space and the search analyzer."""

from core.analyzer import Term, chunks, surface_of, term_of, term_text, term_text_and_surfaces, terms
from core.letters import HAMZA_ABOVE, KASHIDA, LRM, RLM, WORD, ZWJ, ZWNJ, fold
from core.stems import lexicon, stem

__all__ = [
    "HAMZA_ABOVE",
    "KASHIDA",
    "LRM",
    "RLM",
    "WORD",
    "ZWJ",
    "ZWNJ",
    "Term",
    "chunks",
    "fold",
    "lexicon",
    "stem",
    "surface_of",
    "term_of",
    "term_text",
    "term_text_and_surfaces",
    "terms",
]
