"""A selection as one search that a person can read, keep and send: what a saved search holds and a digest asks."""

from datetime import date

from core.dates import jalali_numeric
from dashboards.narrowing import CONCERNS_CITY, FIELDS, NAME_FIELDS, Narrowing
from store.query_words import persian_field, persian_value

_OPERATORS = frozenset(("AND", "&&", "OR", "||", "NOT", "یا", "("))


def written(narrowing: Narrowing) -> str:
    """The selection in the language of the search box: words «مترو», tone negative → «مترو لحن:منفی»."""
    clauses = [_clause(field, narrowing.values(field)) for field in FIELDS if narrowing.values(field)]
    if narrowing.city:
        clauses.append(_city(narrowing))
    if narrowing.collection:
        clauses.append(_clause("outlet", narrowing.collection.outlets))
    if narrowing.without_own and narrowing.own:
        clauses.append(f"-{_clause('outlet', narrowing.own)}")
    if narrowing.relevant:
        clauses.append(_clause("is", ("relevant",)))
    clauses += _days(narrowing.since, narrowing.until)
    return " ".join([_alone(narrowing.text) if clauses else narrowing.text, *clauses]).strip()


def _clause(field: str, values: tuple[str, ...]) -> str:
    name = persian_field(field).replace(" ", "_")
    shown = [_value(field, value) for value in values]
    if len(shown) == 1:
        return f"{name}:{shown[0]}"
    # Names are alternatives here, while a list of words after the colon would be one name.
    return f"({' یا '.join(f'{name}:{value}' for value in shown)})" if field in NAME_FIELDS else f"{name}:({' یا '.join(shown)})"


def _city(narrowing: Narrowing) -> str:
    clauses = [_clause("city_tone", CONCERNS_CITY)]
    clauses += [_clause("topic", (topic.id,)) for topic in narrowing.words.topics]
    clauses += [_clause("entity", (name,)) for name in narrowing.city_names]
    return f"({' یا '.join(clauses)})" if len(clauses) > 1 else clauses[0]


def _value(field: str, value: str) -> str:
    if field == "group":
        return value
    named = persian_value(field, value)
    return named if named != value and named.isalpha() else f'"{named.replace(chr(34), " ")}"'


def _days(since: date | None, until: date | None) -> list[str]:
    return [f"{name}:{jalali_numeric(day)}" for name, day in (("از", since), ("تا", until)) if day]


def _alone(text: str) -> str:
    """The typed words in parentheses where an operator in them would reach over the clauses that follow."""
    words = text.replace("(", " ( ").split()
    return f"({text})" if _OPERATORS.intersection(words) else text
