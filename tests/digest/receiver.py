"""A real receiver of webhooks on loopback: keeps what comes, answers as told, redirects, hangs."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """What came, in order: (path, headers, body). ``answer`` gives (status, headers) for each request."""

    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answer: Callable[[], tuple[int, dict[str, str]]] = lambda: (204, {})
    drip: float = 0
    port: int = 0

    @property
    def url(self) -> str:
        """The address that a webhook is given."""
        return f"http://127.0.0.1:{self.port}/hook"


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that runs until the end of the block."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            receiver.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            if receiver.drip:
                self._drip()
                return
            status, headers = receiver.answer()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", "0")
            self.end_headers()

        do_GET = do_POST

        def _drip(self) -> None:
            try:
                for letter in b"HTTP/1.1 200 OK\r\nx-slow: " + b"a" * 500:
                    self.wfile.write(bytes([letter]))
                    time.sleep(receiver.drip)
            except OSError:
                return

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
