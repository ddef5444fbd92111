"""BLAS is held to one thread only while somebody needs it."""

from __future__ import annotations

from threadpoolctl import threadpool_info, threadpool_limits

from napari_connectome.core.parallel import single_threaded_blas


def blas_threads():
    return {lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"}


def test_the_last_to_leave_takes_the_limit_away():
    with threadpool_limits(2, user_api="blas"):
        # A library that another test has loaded may be built for one thread.
        free = blas_threads()
        assert 2 in free
        first, second = single_threaded_blas(), single_threaded_blas()
        first.__enter__()
        second.__enter__()
        assert blas_threads() == {1}
        first.__exit__(None, None, None)
        assert blas_threads() == {1}
        second.__exit__(None, None, None)
        assert blas_threads() == free
        with single_threaded_blas():
            assert blas_threads() == {1}
        assert blas_threads() == free
