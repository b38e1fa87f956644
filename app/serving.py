"""The web process: uvicorn over the application, on a port that is checked first."""

import gc
import socket
import threading
from collections.abc import Callable
from functools import partial

import uvicorn
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from app.pausing import wait_for_database
from app.terminal import notes
from app.web import create_app
from app.wiring import load_known_outlets, open_index, opened
from app.words import Words
from core.dates import utc_now
from core.errors import RasadError
from core.settings import Settings
from store.archive import Archive, open_archive
from store.query import parse_query

WARM_UP_SECONDS = 2.0


class PortBusy(RasadError):
    """Another program listens on the port."""


def check_port(host: str, port: int) -> None:
    """Raises PortBusy with what to do when nothing can listen on ``host:port``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortBusy(
                f"port {port} on {host} cannot be used ({error.strerror}): choose another one with --port or RASAD_PORT"
            ) from None


def warm_up() -> None:
    """Reads the lemmas that the first search needs (about a second); begun after the first page is served.

    What is in memory then stays, so garbage is looked for less often and not among it: 5 to 10 % more answers a second.
    """
    parse_query("خبر", now=utc_now())
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def tell_first_link(archive: Archive, settings: Settings) -> None:
    """Prints the link that makes the first administrator, when there is no account: once, within an hour. An open desk needs none."""
    token = None if settings.open else archive.accounts.make_first_link(utc_now())
    if token:
        notes.print("\nهنوز کاربری نیست. نخستین مدیر را با این پیوند بسازید (یک بار، تا یک ساعت):", markup=False)
        notes.print(f"{settings.public_url}/first-admin/{token}\n", markup=False, soft_wrap=True)


def serve_forever(settings: Settings) -> None:
    """Serves until SIGINT or SIGTERM, with as many processes as the settings say."""
    check_port(settings.host, settings.port)
    wait_for_database(settings)
    if settings.web_processes > 1:
        with opened(settings) as archive:
            tell_first_link(archive, settings)
        serve_with(partial(_application, settings), settings)
        return
    with opened(settings) as archive:
        application = create_app(archive, settings, tuple(load_known_outlets(settings).values()))
        tell_first_link(archive, settings)
        _warm_up_later()
        server_of(application, settings).run()


def serve_with(make_application: Callable[[], ASGIApp], settings: Settings) -> None:
    """Serves with several processes on one port, each with an application of its own; one that dies is started again."""
    server = server_of(make_application, settings)
    server.config.factory = True
    server.config.workers = settings.web_processes
    with _listening(settings) as listener:
        Multiprocess(server.config, sockets=[listener]).run()


def _listening(settings: Settings) -> socket.socket:
    # Named as TCP, unlike uvicorn's own: only then asyncio sends every part of an answer at once instead of 40 ms later.
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((settings.host, settings.port))
    listener.set_inheritable(True)
    return listener


def _application(settings: Settings) -> ASGIApp:
    """The application of one of several processes; its archive stays open as long as the process lives."""
    words = Words(settings)
    archive = open_archive(settings, open_index(settings, words=words), words)
    _warm_up_later()
    return create_app(archive, settings, tuple(load_known_outlets(settings).values()))


def _warm_up_later() -> None:
    later = threading.Timer(WARM_UP_SECONDS, warm_up)
    later.daemon = True
    later.start()


def server_of(application: ASGIApp | Callable[[], ASGIApp], settings: Settings) -> uvicorn.Server:
    """The server of these settings. Only the proxies that they name are believed about who calls."""
    config = uvicorn.Config(
        application,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        timeout_graceful_shutdown=5,
        server_header=False,
        proxy_headers=bool(settings.behind_proxy),
        forwarded_allow_ips=list(settings.behind_proxy),
    )
    return uvicorn.Server(config)
