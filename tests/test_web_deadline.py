"""The time limit of a page ends work of Python, and leaves the thread usable."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from newscrawl.web.deadline import TooLong, deadline


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
