"""The connection to a Ray cluster, or one that is started on this machine alone."""

from __future__ import annotations

import logging
import os
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import current_thread, main_thread
from types import TracebackType
from typing import Any, Self

from vidclf.core.held_signals import STOPPING
from vidclf.errors import ClusterError, UsageError

logger = logging.getLogger(__name__)

_STORE_BYTES = 100_000_000
"""Near the least that Ray takes for its store, through which no frame passes."""
_CONNECT_SECONDS = 5
_LAST_CLUSTER = "ray/ray_current_cluster"
"""Where `ray start` notes the address, below Ray's temporary folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A node of the cluster on which clips can be made."""

    node: str
    """Ray's identifier."""
    name: str
    """Its host's name and address, for people."""
    address: str
    """Its address."""
    cores: int
    """How many Ray may use."""
    gpus: int
    """How many GPUs Ray knows of."""


class Cluster:
    """The cluster, to be used as a context; a connection that the program has is used and kept.

    Args:
        address: `auto`, `host:port`, or None for one on this machine alone.
        workers: how many clips that one makes at once.
    """

    def __init__(self, address: str | None, *, workers: int) -> None:
        self._address = address
        self._workers = workers
        self._stack = ExitStack()
        self.is_own = False
        """Whether it was started here, and ends with the context."""

    def __enter__(self) -> Self:
        with ExitStack() as on_failure:
            self._connect(on_failure)
            self._stack = on_failure.pop_all()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def machines(self) -> list[Machine]:
        """Those that are alive and have cores for tasks."""
        import ray

        return [_machine(node) for node in ray.nodes() if node["Alive"] and _cores(node)]

    @property
    def own_node(self) -> str:
        """The node of this process."""
        import ray

        return str(ray.get_runtime_context().get_node_id())

    def is_here(self, node: str) -> bool:
        """Whether a node is on the machine of this process."""
        import ray

        addresses = {known["NodeID"]: known["NodeManagerAddress"] for known in ray.nodes()}
        return addresses.get(node) == addresses.get(self.own_node)

    def _connect(self, stack: ExitStack) -> None:
        import ray

        if ray.is_initialized():
            return
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is reported to anybody
        stack.callback(ray.shutdown)
        with _handlers_kept():
            if self._address is None:
                self._start(stack)
            else:
                _join(self._address)
        stack.enter_context(_chatter_logged())

    def _start(self, stack: ExitStack) -> None:
        import ray

        self.is_own = True
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="vidclf-ray-"))
        stack.callback(ray.shutdown)  # before its folder goes
        try:
            ray.init(
                address="local",
                num_cpus=self._workers,
                include_dashboard=False,
                object_store_memory=_STORE_BYTES,
                log_to_driver=False,
                logging_level=logging.CRITICAL,
                _temp_dir=folder,
            )
        except Exception as exc:  # Ray has no class of its own for these
            raise ClusterError(
                f"Ray does not start on this machine ({_first_line(exc)}): make the clips with "
                "--executor processes"
            ) from exc


def _join(address: str) -> None:
    """Connect to a running cluster.

    Raises:
        UsageError: this is no address.
        ClusterError: there is none, or of another version.
    """
    import ray

    _check_reachable(address)
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.CRITICAL)
    except Exception as exc:  # Ray has no class of its own for these
        reason = _first_line(exc)
        told = " ".join(f"{exc} {exc.__cause__}".split())
        if "ersion mismatch" in told:
            raise ClusterError(
                f"--address {address}: {told[told.index('ersion mismatch') - 1 :]}: use the same "
                "versions of Ray and Python on all machines"
            ) from exc
        raise ClusterError(
            f"--address {address}: no Ray cluster can be used there ({reason}): start one with "
            "ray start --head, and see that this machine belongs to it"
        ) from exc


def _check_reachable(address: str) -> None:
    """See that something listens there: Ray itself would try for ten minutes."""
    place = os.environ.get("RAY_ADDRESS") or address if address == "auto" else address
    if place == "auto":
        place = _last_cluster() or place
    host, _, port = place.rpartition(":")
    if place == "auto":
        return
    if not host or not port.isdecimal() or "/" in place:
        raise UsageError(f"--address {place!r} is neither auto nor HOST:PORT of a Ray cluster")
    try:
        socket.create_connection((host.strip("[]"), int(port)), _CONNECT_SECONDS).close()
    except (OSError, OverflowError) as exc:
        raise ClusterError(
            f"--address {address}: no Ray cluster answers at {place} ({exc}): start one with "
            "ray start --head, or name the address that it printed"
        ) from exc


def _last_cluster() -> str | None:
    """The address that `ray start` noted on this machine."""
    try:
        return (Path(os.environ.get("RAY_TMPDIR", "/tmp")) / _LAST_CLUSTER).read_text().strip()
    except OSError:
        return None


@contextmanager
def _handlers_kept() -> Iterator[None]:
    """Keep the program's handlers of signals: Ray sets one of its own for SIGTERM."""
    if current_thread() is not main_thread():
        yield
        return
    handlers = {number: signal.getsignal(number) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            if handler is not None:
                signal.signal(number, handler)


@contextmanager
def _chatter_logged() -> Iterator[None]:
    """Log what Ray would print of dead workers and machines; it has no setting for that."""
    from ray._private import worker

    printed = getattr(worker, "print_to_stdstream", None)
    if printed is None:
        yield
        return
    worker.print_to_stdstream = _log_chatter
    try:
        yield
    finally:
        worker.print_to_stdstream = printed


def _log_chatter(data: dict[str, Any], **_: object) -> None:
    for line in data.get("lines", ()):
        logger.debug("Ray: %s", line)


def _machine(node: dict[str, Any]) -> Machine:
    address, host = node["NodeManagerAddress"], node["NodeManagerHostname"]
    return Machine(
        node=node["NodeID"],
        name=f"{host} ({address})",
        address=address,
        cores=_cores(node),
        gpus=int(node["Resources"].get("GPU", 0)),
    )


def _cores(node: dict[str, Any]) -> int:
    return int(node["Resources"].get("CPU", 0))


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__
