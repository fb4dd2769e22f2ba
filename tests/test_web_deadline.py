"""The time limit of a page ends work of Python, and leaves the thread usable."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from newscrawl.web.queries.deadline import TooLong, deadline


def count_on() -> None:
    number = 0
    while True:
        number += 1


def within(seconds: float) -> None:
    with deadline(seconds):
        count_on()


def test_endless_python_is_ended_and_its_thread_works_on() -> None:
    with ThreadPoolExecutor(1) as threads:
        for _ in range(3):
            with pytest.raises(TooLong):
                threads.submit(within, 0.05).result()
        assert threads.submit(sum, (1, 2)).result() == 3


def test_work_that_ends_in_time_is_left_alone() -> None:
    def work() -> int:
        with deadline(60):
            return 5

    with ThreadPoolExecutor(1) as threads:
        assert [threads.submit(work).result() for _ in range(50)] == [5] * 50


def fails_late() -> None:
    with deadline(0.05):
        try:
            count_on()
        except TooLong:
            raise ValueError("of the page") from None


def queries_for_long() -> None:
    connection = sqlite3.connect(":memory:")
    connection.create_function("count_on", 0, count_on)
    with deadline(0.05):
        connection.execute("SELECT count_on()")


def goes_on_late() -> str:
    with deadline(0.05):
        try:
            count_on()
        except Exception:
            return "half a result"
        return ""


# Datasette, where it is imported, has sqlite3 report errors in callbacks, too.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("work", "cause"),
    [
        (fails_late, ValueError),
        (queries_for_long, sqlite3.OperationalError),
        (goes_on_late, type(None)),
    ],
)
def test_whoever_catches_the_limit_it_is_reported_as_the_limit(
    work: Callable[[], object], cause: type
) -> None:
    with ThreadPoolExecutor(1) as threads:
        with pytest.raises(TooLong) as raised:
            threads.submit(work).result()
        assert threads.submit(sum, (1, 2)).result() == 3
    assert isinstance(raised.value.__cause__, cause)


def test_failure_within_the_limit_stays_that_failure() -> None:
    with pytest.raises(ValueError, match="of the page"), deadline(60):
        raise ValueError("of the page")


def test_a_profiler_works_after_a_limit() -> None:
    """CPython 3.11 never leaves a function under a profiler while a signal is left pending."""
    seen: list[str] = []

    def work() -> None:
        with deadline(60):
            pass

    def profiled() -> None:
        before = sys.getprofile()
        sys.setprofile(lambda frame, *_: seen.append(frame.f_code.co_name))
        try:
            sum(range(3))
            work()
        finally:
            sys.setprofile(before)

    with ThreadPoolExecutor(1) as threads:
        for call in (work, profiled):
            threads.submit(call).result()
        with pytest.raises(TooLong):
            threads.submit(within, 0.05).result()
        threads.submit(profiled).result()
    assert "work" in seen
