"""Fixtures of many tests: the sample newsroom, an archive, the folder of saved pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from newscrawl.archive import Archive
from newscrawl.layouts.catalogue import declare_sites
from newscrawl.sample_site import Newsroom, running_newsroom
from newscrawl.values.gazetteer.agencies import use_agencies
from tests.internet.namespace import NoNamespace
from tests.internet.network import Internet, open_internet
from tests.mounts import ONLY_ROOT, may_mount, run_in_namespace

LONG = frozenset(
    {
        "test_crawl_complete",  # crawls of hosts that rest, refuse or fall silent
        "test_crawl_resume",  # crawls are killed and resumed
        "test_crawl_sources",  # crawls of sites with sources of every kind
        "test_disk_full",  # crawls and commands on disks that fill up
        "test_extraction_pool",  # processes of a crawl hang, die and are signalled
        "test_front_browser",  # Chromium opens every page of `newscrawl serve`
        "test_import_damage",  # imports of files damaged in every place
        "test_import_in_bulk",  # imports on all cores, and Dask
        "test_internet_crawl",  # whole crawls of nine sites by name, ports 80 and 443, TLS
        "test_kill_sweep",  # crawls are killed twice at each of their steps
        "test_notebooks",  # a Jupyter notebook is run from top to bottom
        "test_redirects",  # crawls along redirects of every kind
        "test_replay",  # Chromium opens captures of crawled sites
        "test_shared_frontier",  # several machines share a Redis, which is stopped and killed
    }
)
"""Modules whose tests take minutes: `make test-all` runs them, `make test` does not.

A single test of minutes has the mark `long` itself.
"""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of LONG, before those without the mark are chosen."""
    for item in items:
        if item.path.stem in LONG:
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session")
def newsroom() -> Iterator[Newsroom]:
    """The sample newsroom, served in a process of its own; tests only read it."""
    with running_newsroom("--crawl-delay", "0", "--slow", "0.2") as served:
        yield served


@pytest.fixture(scope="session")
def news_site(newsroom: Newsroom) -> str:
    """The base address of the sample newsroom, without a slash at its end."""
    return newsroom.base_url


@pytest.fixture(scope="session")
def internet() -> Iterator[Internet]:
    """The test internet, in a network namespace of its own; tests put up sites in it."""
    try:
        with open_internet() as opened:
            yield opened
    except NoNamespace as reason:
        pytest.skip(f"no network namespace: {reason}")


@pytest.fixture(scope="session")
def empty_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new archive; copying it is ten times as quick as making one."""
    path = tmp_path_factory.mktemp("empty") / "archive.db"
    with Archive(path):
        pass
    return path


@pytest.fixture
def archive(empty_archive: Path, tmp_path: Path) -> Iterator[Archive]:
    """A new, empty archive."""
    with Archive(shutil.copy(empty_archive, tmp_path / "archive.db")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def no_tables_of_the_user() -> Iterator[None]:
    """Forget the sites and agencies that a test declared."""
    yield
    declare_sites(())
    use_agencies("")


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of saved pages that NEWSCRAWL_CORPUS names; they are not in this project."""
    folder = os.environ.get("NEWSCRAWL_CORPUS")
    if not folder:
        pytest.skip("NEWSCRAWL_CORPUS names no folder of saved pages")
    if not Path(folder).is_dir():
        pytest.skip(f"NEWSCRAWL_CORPUS: {folder} is not there")
    return Path(folder)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that mounts a disk in a namespace of its own where only root may."""
    if "disk" not in pyfuncitem.fixturenames or may_mount():
        return None
    run_in_namespace(pyfuncitem)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make a skipped test a failed one where NEWSCRAWL_NO_SKIPS is set, as .ci/run does."""
    report = yield
    is_skip = report.skipped and not hasattr(report, "wasxfail")
    is_skip = is_skip and ONLY_ROOT not in str(report.longrepr)
    if is_skip and os.environ.get("NEWSCRAWL_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"skipped, where nothing may be missing: {report.longrepr}"
    return report
