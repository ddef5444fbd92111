"""Threads of our own, and BLAS kept to one.

Work here is cut into pieces that fit a core's cache. On such pieces BLAS's own threads
gain nothing, and on a busy computer they wait for each other: a product of 10 ms
has been seen to take a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cache
from threading import Lock

from threadpoolctl import ThreadpoolController

THREADS = 2


@cache
def threads() -> ThreadPoolExecutor:
    """Threads for array work that releases the interpreter lock; started on first use."""
    return ThreadPoolExecutor(THREADS, thread_name_prefix="connectome")


@contextmanager
def single_threaded_blas() -> Iterator[None]:
    """Keep BLAS to one thread meanwhile, in the whole process.

    Several threads may be inside at once: the first to enter sets the limit, the last
    to leave takes it away.
    """
    _LIMIT.enter()
    try:
        yield
    finally:
        _LIMIT.leave()


class _SharedLimit:
    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._limited = ExitStack()

    def enter(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._limited.enter_context(_controller().limit(limits=1, user_api="blas"))
            self._inside += 1

    def leave(self) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._limited.close()


_LIMIT = _SharedLimit()


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()
