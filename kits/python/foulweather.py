"""Lets foulweather drive a Python client library while the network misbehaves.

A program defines how to open the library, what one operation is, and how to close the library::

    import foulweather
    import urllib3

    def open(settings):
        return urllib3.PoolManager(timeout=settings.options.get("timeout")), settings.url

    def perform(client, operation):
        pool, url = client
        response = pool.request("GET", f"{url}/echo/{operation.id}")
        return foulweather.Answer(echoed_id=response.json()["id"])

    def close(client):
        client[0].clear()

    foulweather.run(open, perform, close, libraries=["urllib3"])

If ``perform`` is a coroutine function, all three run on one asyncio event loop. Otherwise each operation has a thread of
its own, as in a server with a thread per request. An operation succeeds if ``perform`` returns, and fails if it raises.

Needs Python 3.9 or newer and nothing else. If OpenTelemetry is installed, the library's telemetry of an operation belongs
to the operation's trace.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import json
import os
import platform
import queue
import socket
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any, Callable, Mapping, Optional, Sequence

__all__ = ["Answer", "Operation", "Settings", "run"]
__version__ = "0.1.0"

PROTOCOL = 1

#: Where libraries keep the code by which a caller distinguishes errors.
_CODES = ("code", "sqlstate", "pgcode", "reply_code", "status_code", "status", "errno")
_CAUSES = 5
_FRAMES = 8
_MESSAGE = 500


@dataclass(frozen=True)
class Settings:
    """The argument of ``open``."""

    #: The server's address, through the fault injector. Use no other.
    url: str
    #: The variant's options.
    options: Any
    #: The variant's name.
    variant: str
    #: How long a caller waits for an operation, in seconds.
    deadline: float
    #: The most operations that will be in flight at once.
    max_in_flight: int
    #: For a consumer: call it with the ID of a message each time that message arrives.
    delivered: Callable[[str], None] = field(repr=False)
    #: Adds a line to the report.
    log: Callable[[str], None] = field(repr=False)


@dataclass(frozen=True)
class Operation:
    """The second argument of ``perform``."""

    #: Send it with each attempt, so that the server's ledger can count attempts and effects.
    id: str
    #: Counts from 0.
    index: int
    #: The W3C ``traceparent`` of the operation, for libraries that OpenTelemetry does not instrument.
    traceparent: str
    #: When the caller gives up, on the clock of ``time.monotonic()``.
    deadline: float

    @property
    def remaining(self) -> float:
        """Seconds until the deadline, at least 0. Nothing is cancelled then, unless you pass it on to the library."""
        return max(0.0, self.deadline - time.monotonic())


@dataclass(frozen=True)
class Answer:
    """What ``perform`` may return. Each fact allows a symptom to be detected that is inconclusive without it."""

    #: The ID that the response is for. An ID other than the operation's is a crossed response.
    echoed_id: Optional[str] = None
    #: Whether the response is complete, by its length or hash.
    intact: Optional[bool] = None
    #: Whether the response is empty although there was something to get.
    empty: Optional[bool] = None
    #: The key, queue or stream of the operation, out of a few.
    key: Optional[str] = None
    #: The response is complete and reports an error: its message, and the code by which such errors are counted.
    application_error: Optional[str] = None
    application_error_code: Optional[str] = None

    def _fields(self) -> dict:
        fields = {
            "echoedId": self.echoed_id,
            "intact": self.intact,
            "empty": self.empty,
            "key": self.key,
        }
        if self.application_error is not None:
            failure = {"message": self.application_error, "code": self.application_error_code}
            fields["applicationError"] = {name: value for name, value in failure.items() if value is not None}
        return {name: value for name, value in fields.items() if value is not None}


def run(
    open: Callable[[Settings], Any],
    perform: Callable[[Any, Operation], Any],
    close: Optional[Callable[[Any], Any]] = None,
    *,
    classify: Optional[Callable[[BaseException], Optional[str]]] = None,
    phase: Optional[Callable[[str, str], None]] = None,
    libraries: Sequence[str] = (),
) -> None:
    """Connects to foulweather, performs what it asks for, and returns once the library is closed.

    :param classify: says what an exception means: ``"no"`` if the operation certainly did not happen, ``"unsent"`` if the
        library refused it locally, ``"unknown"`` or None if it may have happened.
    :param phase: called with the name and the role of each phase when it begins.
    :param libraries: distributions whose versions the report shows, such as ``["urllib3"]``.
    """
    control, token = os.environ.get("FOULWEATHER_CONTROL"), os.environ.get("FOULWEATHER_TOKEN")
    if not control or not token:
        sys.exit(
            "This program is started by foulweather: use `npx foulweather run <this file>`, "
            "or `npx foulweather conform <command>` to check it."
        )
    program = _Program(open, perform, close, classify, phase)
    wire = _Wire(control)
    wire.send(
        {
            "kind": "hello",
            "token": token,
            "protocol": PROTOCOL,
            "language": "Python",
            "runtime": f"{platform.python_implementation()} {platform.python_version()}",
            "kit": f"foulweather for Python {__version__}",
            "libraries": {name: _version(name) for name in libraries},
        }
    )
    if inspect.iscoroutinefunction(perform):
        asyncio.run(_serve_loop(program, wire))
    else:
        _serve_threads(program, wire)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "unknown"


class _Wire:
    """The connection to foulweather. Any thread may send."""

    def __init__(self, control: str) -> None:
        host, _, port = control.rpartition(":")
        self._socket = socket.create_connection((host, int(port)))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lock = threading.Lock()

    def send(self, message: Mapping[str, Any]) -> None:
        line = json.dumps(message, separators=(",", ":"), default=str).encode() + b"\n"
        with self._lock:
            self._socket.sendall(line)

    def read(self, handle: Callable[[dict], None]) -> None:
        """Until foulweather is gone: then the process ends."""
        with self._socket.makefile("rb") as lines:
            for line in lines:
                handle(json.loads(line))
                if self.is_done:
                    return
        os._exit(1)

    #: Nothing more is read: the library is being closed.
    is_done = False


@dataclass(frozen=True)
class _Program:
    open: Callable[[Settings], Any]
    perform: Callable[[Any, Operation], Any]
    close: Optional[Callable[[Any], Any]]
    classify: Optional[Callable[[BaseException], Optional[str]]]
    phase: Optional[Callable[[str, str], None]]

    def settings(self, message: dict, wire: _Wire) -> Settings:
        return Settings(
            url=message["url"],
            options=message.get("options"),
            variant=message.get("variant", ""),
            deadline=message["deadlineMs"] / 1000,
            max_in_flight=message.get("maxInFlight", 1),
            delivered=lambda message_id: wire.send({"kind": "delivered", "id": message_id}),
            log=lambda text: wire.send({"kind": "log", "message": text}),
        )

    def operation(self, message: dict) -> Operation:
        deadline = time.monotonic() + message["deadlineMs"] / 1000
        return Operation(message["id"], message["index"], message["traceparent"], deadline)

    def settled(self, operation: Operation, answer: Any) -> dict:
        message = {"kind": "settled", "id": operation.id, "ok": True}
        if isinstance(answer, Answer):
            message.update(answer._fields())
        return message

    def failed(self, operation: Operation, error: BaseException) -> dict:
        return {"kind": "settled", "id": operation.id, "ok": False, "error": self.error(error)}

    def error(self, error: BaseException, depth: int = 0) -> dict:
        fields: dict = {"name": type(error).__name__, "message": str(error)[:_MESSAGE]}
        for name in _CODES:
            code = getattr(error, name, None)
            if isinstance(code, (str, int)) and not isinstance(code, bool) and code:
                fields["code"] = str(code)
                break
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is not None and depth < _CAUSES:
            fields["cause"] = self.error(cause, depth + 1)
        if depth == 0:
            frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
            fields["stack"] = [f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in reversed(frames)]
            fields["applied"] = (self.classify(error) if self.classify else None) or "unknown"
        return fields


def _propagated(traceparent: str) -> Callable[[], Callable[[], None]]:
    """Makes the operation's trace the current one, if OpenTelemetry is installed; what it returns undoes that."""
    context, propagator = _telemetry()
    if context is None:
        return lambda: lambda: None

    def attach() -> Callable[[], None]:
        token = context.attach(propagator.extract({"traceparent": traceparent}))
        return lambda: context.detach(token)

    return attach


@functools.lru_cache(maxsize=None)
def _telemetry() -> tuple:
    try:
        from opentelemetry import context
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
    except ImportError:
        return None, None
    return context, TraceContextTextMapPropagator()


class _Threads:
    """Threads that are created when needed, and reused. They do not keep the process alive."""

    def __init__(self) -> None:
        self._work: queue.SimpleQueue = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._spare = 0

    def do(self, work: Callable[[], None]) -> None:
        with self._lock:
            is_new = self._spare == 0
            if not is_new:
                self._spare -= 1
        self._work.put(work)
        if is_new:
            threading.Thread(target=self._serve, name="operation", daemon=True).start()

    def _serve(self) -> None:
        while True:
            self._work.get()()
            with self._lock:
                self._spare += 1


def _serve_threads(program: _Program, wire: _Wire) -> None:
    """The library is opened and closed by the main thread, as an application does."""
    threads = _Threads()
    asked: queue.SimpleQueue = queue.SimpleQueue()
    client: Any = None
    is_open = False

    def perform(message: dict) -> None:
        operation = program.operation(message)
        detach = _propagated(operation.traceparent)()
        try:
            settled = program.settled(operation, program.perform(client, operation))
        except BaseException as error:  # pylint: disable=broad-except
            settled = program.failed(operation, error)
        finally:
            detach()
        wire.send(settled)

    def handle(message: dict) -> None:
        kind = message.get("kind")
        if kind == "perform":
            threads.do(functools.partial(perform, message))
        elif kind == "phase" and program.phase:
            program.phase(message["name"], message["role"])
        elif kind in ("open", "close"):
            wire.is_done = kind == "close"
            asked.put(message)

    threading.Thread(target=wire.read, args=(handle,), name="foulweather", daemon=True).start()
    while True:
        message = asked.get()
        kind = message["kind"]
        try:
            if kind == "open":
                client, is_open = program.open(program.settings(message, wire)), True
            elif is_open and program.close:
                program.close(client)
        except Exception as error:  # pylint: disable=broad-except
            wire.send({"kind": f"{kind}-failed", "error": program.error(error)})
        else:
            wire.send({"kind": "opened" if kind == "open" else "closed"})
        if kind == "close":
            return


async def _serve_loop(program: _Program, wire: _Wire) -> None:
    """All on one event loop, which a function that is no coroutine blocks, as in an application."""
    loop = asyncio.get_running_loop()
    asked: asyncio.Queue = asyncio.Queue()
    tasks: set = set()
    client: Any = None
    is_open = False

    async def perform(message: dict) -> None:
        operation = program.operation(message)
        detach = _propagated(operation.traceparent)()
        try:
            settled = program.settled(operation, await program.perform(client, operation))
        except BaseException as error:  # pylint: disable=broad-except
            settled = program.failed(operation, error)
            if wire.is_done:
                return
        finally:
            detach()
        wire.send(settled)

    def handle(message: dict) -> None:
        kind = message.get("kind")
        if kind == "perform":
            task = loop.create_task(perform(message))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        elif kind == "phase" and program.phase:
            program.phase(message["name"], message["role"])
        elif kind in ("open", "close"):
            asked.put_nowait(message)

    def read() -> None:
        def note(message: dict) -> None:
            wire.is_done = message.get("kind") == "close"
            loop.call_soon_threadsafe(handle, message)

        wire.read(note)

    threading.Thread(target=read, name="foulweather", daemon=True).start()
    while True:
        message = await asked.get()
        kind = message["kind"]
        try:
            if kind == "open":
                client = program.open(program.settings(message, wire))
                client = await client if inspect.isawaitable(client) else client
                is_open = True
            elif is_open and program.close:
                closing = program.close(client)
                if inspect.isawaitable(closing):
                    await closing
        except Exception as error:  # pylint: disable=broad-except
            wire.send({"kind": f"{kind}-failed", "error": program.error(error)})
        else:
            wire.send({"kind": "opened" if kind == "open" else "closed"})
        if kind == "close":
            return
