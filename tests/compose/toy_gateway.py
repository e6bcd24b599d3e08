"""A gateway that answers, stalls or dies as its paths say, and remembers what it saw."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Seen:
    """What all toy gateways saw, in order: (gateway, method, path)."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, str]] = []
        self.go_on = threading.Event()

    def of(self, path: str) -> list[tuple[str, str]]:
        return [(gateway, method) for gateway, method, seen in self.requests if seen == path]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    name: str
    seen: Seen

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.seen.requests.append((self.name, self.command, self.path))
        if self.path == "/stream":
            self._stream()
        elif self.path.startswith("/dies") and len(self.seen.of(self.path)) == 1:
            self.close_connection = True  # as a process that is killed: seen, and never answered
        elif self.path == "/busy":
            self._answer(503, {"Retry-After": "7"})
        else:
            self._answer(200, {})

    do_POST = do_PUT = do_GET  # noqa: N815

    def _answer(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(self.name))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.name.encode())

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"data: first\n\n")
        self.wfile.flush()
        self.seen.go_on.wait(30)
        self.wfile.write(b"data: second\n\n")

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def gateway(name: str, port: int, seen: Seen) -> Iterator[None]:
    """A gateway on a port, inside the block; after it a connection is refused."""
    handler = type("Handler", (_Handler,), {"name": name, "seen": seen})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
