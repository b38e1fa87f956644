"""What every page needs: the archive, the outlets' names, the clock and the templates."""

import hashlib
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from urllib.parse import unquote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from core.dates import WEEKDAYS, jalali_moment, jalali_numeric, jalali_text, persian_digits, tehran_day, utc_now
from core.records import Outlet
from dashboards.access import signed_in
from dashboards.adding import Fetched
from dashboards.letters import Letters
from dashboards.narrowing import Narrowing, read_narrowing, read_period
from dashboards.turns import due_searches
from render.numbers import ago, difference, number, percent, share
from render.words import KIND_NAMES, OWNER_NAMES, ROLE_NAMES, TONE_NAMES, TOPIC_NAMES, VOICE_NAMES, tone_name, topic_name
from store.archive import Archive

HERE = Path(__file__).parent
_MOST_KEPT = 200


@dataclass(frozen=True)
class Desk:
    """The pages' surroundings; ``outlets`` maps a key to the configured outlet, ``entities`` an id to a name.

    ``fetch_article`` reads one article by its address (BadInput where it cannot); None where nothing is fetched.
    ``letters`` composes digests (None where there are none), ``model_cards`` are the Markdown texts about the model,
    ``city_names`` the ids of the city's own bodies and offices.
    """

    archive: Archive
    outlets: Mapping[str, Outlet] = field(default_factory=dict)
    entities: Mapping[str, str] = field(default_factory=dict)
    clock: Callable[[], datetime] = utc_now
    fetch_article: Callable[[str], Fetched] | None = None
    letters: Letters | None = None
    model_cards: tuple[str, ...] = ()
    city_names: tuple[str, ...] = ()
    _kept: dict[Hashable, object] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def outlet_name(self, key: str) -> str:
        """The outlet's Persian name; an outlet known only by its key is named by it."""
        outlet = self.outlets.get(key)
        return outlet.name if outlet else key

    def topic_name(self, topic: str) -> str:
        """The name of one of our topics, or of one's own."""
        return topic_name(topic) if topic in TOPIC_NAMES else self.archive.words().name_of("topic", topic)

    def entity_name(self, entity: str) -> str:
        """The name of a registered entity; one that is not registered is named by its id."""
        return self.entities.get(entity, entity)

    def narrowing(self, params: Iterable[tuple[str, str]]) -> Narrowing:
        """The selection that the parameters of an address ask for. Raises BadInput."""
        return self._knowing(read_narrowing(params, self.outlets, self.archive.collections.all()))

    def period(self, params: Iterable[tuple[str, str]]) -> Narrowing:
        """The selection of a page about a period: the last 7 days that concern the city unless the address says otherwise. BadInput."""
        return self._knowing(read_period(params, self.outlets, self.clock(), self.archive.collections.all()))

    def _knowing(self, narrowing: Narrowing) -> Narrowing:
        return replace(narrowing, words=self.archive.words(), city_names=self.city_names)

    def picked(self) -> frozenset[int] | None:
        """The articles of today's open bulletin for who may pick them; None for everybody else."""
        user = signed_in.get()
        if user is None or not user.may("editor"):
            return None
        draft = self.archive.bulletins.draft_of(tehran_day(self.clock()))
        return frozenset(entry.article_id for entry in draft.entries) if draft else frozenset()

    def kept[T](self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gave for this key, made anew when the index has changed or the day has turned; the newest 200 are kept.

        Figures cost some ten questions to the index (45 ms at 50,000 articles), and pages ask the same ones again and again.
        """
        whole = (key, self.archive.search.seq(), tehran_day(self.clock()))
        found = self._kept.get(whole)
        if found is None:
            found = make()
            with self._lock:
                while len(self._kept) >= _MOST_KEPT:
                    del self._kept[next(iter(self._kept))]
                self._kept[whole] = found
        return found  # type: ignore[return-value]

    def page(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """The rendered template with ``now``, the outlets' names and the saved searches whose turn has come at hand."""
        now, user = self.clock(), signed_in.get()
        due = due_searches(self, user) if user and user.id and status < 400 else []
        words = {"desk": self, "now": now, "today": tehran_day(now), "outlet_name": self.outlet_name, "user": user, "due": due}
        return HTMLResponse(templates().get_template(template).render(**words, **values), status)


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The templates: everything escaped, a missing value is an error."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        num=number,
        pct=percent,
        day=jalali_text,
        numeric_day=lambda day: persian_digits(jalali_numeric(day)),
        moment=jalali_moment,
        digits=persian_digits,
        bare=lambda text: text.strip('«»“”" '),
        readable=lambda url: unquote(url, errors="replace"),
        tone=tone_name,
        topic=topic_name,
    )
    environment.globals.update(
        static=static_url,
        share=share,
        difference=difference,
        ago=ago,
        TONES=TONE_NAMES,
        WEEKDAYS=WEEKDAYS,
        TOPICS=TOPIC_NAMES,
        VOICES=VOICE_NAMES,
        KINDS=KIND_NAMES,
        OWNERS=OWNER_NAMES,
        ROLES=ROLE_NAMES,
    )
    return environment


@lru_cache(maxsize=64)
def static_url(name: str) -> str:
    """The address of a static file, changed whenever the file does: it may be kept for a year."""
    mark = hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={mark}"
