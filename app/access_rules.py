"""Which address needs which role or scope, and which is audited. What is not named here needs a viewer to read and an editor to write."""

import re
from dataclasses import dataclass

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# A router takes "/settings/users\n" for "/settings/users"; a rule would not. Nobody types such an address.
STRANGE = re.compile(r"[\x00-\x1f\x7f]")
OPEN = re.compile(r"/(healthz|readyz|sign-in|static/.*|first-admin/[^/]*|unsubscribe/[^/]*)")
FEED = re.compile(r"/feeds/([\w-]+).*")
# Accounts, keys, subscribers' addresses, the audit, and where else things are sent: reading them is itself noted.
ADMIN = re.compile(r"(/api/v1|/settings)/(users|keys|audit|subscriptions|subscribers|digests|webhooks|alert-rules)(/.*)?")
EXPORT = re.compile(r".*(/export|/file\.\w+|\.(csv|xlsx|ndjson|docx|pdf))")
FORMS = re.compile(r"/add|/searches/\d+")  # an editor's forms; the second holds addresses
OWN = re.compile(r"/(sign-out|account(/.*)?)")


@dataclass(frozen=True, slots=True)
class Rule:
    """``role`` is "" for an open address, ``scope`` what a key needs, "" where only a person may go.

    ``audited``: a row is written when the route writes none itself.
    """

    role: str
    scope: str
    audited: bool


def rule_for(method: str, path: str) -> Rule:
    """The rule of a request: ``("POST", "/articles/7/labels")`` → editor, scope write, audited."""
    writes = method not in SAFE
    if STRANGE.search(path):
        return Rule("admin", "admin", True)
    if OPEN.fullmatch(path):
        return Rule("", "", False)
    if FEED.fullmatch(path):
        return Rule("viewer", "feeds", False)
    if path == "/metrics":
        return Rule("admin", "metrics", False)
    if ADMIN.fullmatch(path):
        return Rule("admin", "admin", True)
    if OWN.fullmatch(path):
        return Rule("viewer", "", writes)
    if EXPORT.fullmatch(path):
        return Rule("editor" if writes else "viewer", "export", True)
    if FORMS.fullmatch(path):
        return Rule("editor", "write", writes)
    return Rule("editor", "write", True) if writes else Rule("viewer", "read", False)
