"""What figures, feeds and alerts count: not what a person marked irrelevant, unless the search itself speaks of it.

Lists show such articles, marked; a mirror gets them with ``relevant`` false.
"""

from store.query import Query, all_of
from store.query_tree import Is, Node, Not

FLAGS = frozenset({"relevant", "irrelevant"})
_RELEVANT = Query("is:relevant", Is("is", ("relevant",), "is:relevant"))


def counted(query: Query) -> Query:
    """The articles that a figure of this search counts: «اتوبوس» → «اتوبوس is:relevant»; «اتوبوس is:irrelevant» stays as it is."""
    return query if _speaks_of_it(query.root) else all_of(query, _RELEVANT)


def _speaks_of_it(node: Node) -> bool:
    if isinstance(node, Is):
        return node.field == "is" and not FLAGS.isdisjoint(node.values)
    if isinstance(node, Not):
        return _speaks_of_it(node.part)
    return any(_speaks_of_it(part) for part in getattr(node, "parts", ()))
