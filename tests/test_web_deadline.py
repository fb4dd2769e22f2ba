"""The time limit of a page ends work of Python, and leaves the thread usable."""

from __future__ import annotations

import sys
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


def test_failure_after_the_limit_stays_that_failure() -> None:
    with ThreadPoolExecutor(1) as threads:
        with pytest.raises(ValueError, match="of the page"):
            threads.submit(fails_late).result()
        assert threads.submit(sum, (1, 2)).result() == 3


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
