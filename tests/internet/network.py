"""The test internet: sites on ports 80 and 443, and commands that see no other network.

    with open_internet() as internet, internet.serving(Shams()):
        done = internet.crawl("http://shams.example/", archive=folder / "a.db")
        print(done.status, internet.requests())

The names of the sites resolve through /etc/hosts, certificates are verified against a
certificate authority of the tests (SSL_CERT_FILE), and the address guard is unchanged: the
addresses are public ones, bound inside a network namespace.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs

from tests.internet.authority import Authority
from tests.internet.namespace import Namespace, open_namespace
from tests.internet.server import Kill, Recorder, SiteServer, TlsServer
from tests.internet.site import Asked, Site

ROOT = Path(__file__).parent.parent.parent
_TIMEOUT = 120.0
"""The seconds that a command may take."""
IN_A_HURRY = ("DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=0", "NEWSCRAWL_PROGRESS=0")
"""Settings of crawls: the sites of the test internet need no politeness."""


@attrs.frozen
class Done:
    """The end of a command."""

    status: int
    """The exit status; negative for the signal that ended it."""
    stdout: str
    stderr: str


class Internet:
    """The test internet; made by `open_internet`."""

    def __init__(self, namespace: Namespace, folder: Path) -> None:
        self._namespace = namespace
        self._recorder = Recorder()
        self._sites: dict[str, Site] = {}
        self._known = Authority(folder, "known")
        self._unknown = Authority(folder, "unknown")
        plain, secure = namespace.sockets
        tls = TlsServer(secure, self._sites, self._recorder)
        tls.context_for = lambda site, host: (
            self._known if site.is_trusted else self._unknown
        ).context_for(host)
        self._servers = (SiteServer(plain, self._sites, self._recorder), tls)

    @contextmanager
    def serving(self, *sites: Site) -> Iterator[None]:
        """Put up *sites*, and no others, while the block runs; forget earlier requests."""
        self._put_up(sites)
        try:
            yield
        finally:
            self._put_up(())

    def requests(self) -> list[Asked]:
        """Return the requests since the sites were put up or `forget_requests`, in order."""
        return list(self._recorder.asked)

    def forget_requests(self) -> None:
        self._recorder.clear()

    def write_requests(self, path: Path) -> None:
        """Write the requests to *path*, a JSON object a line."""
        lines = [json.dumps({"url": one.url, **attrs.asdict(one)}) for one in self.requests()]
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")

    def crawl(
        self,
        url: str,
        *arguments: str,
        archive: Path,
        kill: Kill | None = None,
        settings: Sequence[str] = (),
        timeout: float = _TIMEOUT,
    ) -> Done:
        """Run `scrapy crawl site -a url=…` into *archive*, with *settings* (NAME=VALUE)."""
        named = (f"NEWSCRAWL_ARCHIVE={archive}", *IN_A_HURRY, *settings)
        options = [part for setting in named for part in ("-s", setting)]
        command = ("-m", "scrapy", "crawl", "site", "-a", f"url={url}", *options, *arguments)
        return self.run([sys.executable, *command], kill=kill, timeout=timeout)

    def run(
        self,
        command: Sequence[str],
        *,
        kill: Kill | None = None,
        timeout: float = _TIMEOUT,
        **environment: str,
    ) -> Done:
        """Run *command* in the project's folder and wait for it; *kill* ends it midway."""
        self._recorder.arm(kill)
        with self.start(command, **environment) as process:
            self._recorder.aim(process.pid)
            try:
                stdout, stderr = process.communicate(timeout=timeout)
            except BaseException:
                process.kill()
                raise
            finally:
                self._recorder.arm(None)
        return Done(process.returncode, stdout, stderr)

    def start(self, command: Sequence[str], **environment: str) -> subprocess.Popen[str]:
        """Start *command* inside; the caller waits for it. Its pid is that of the command."""
        return subprocess.Popen(
            self._namespace.command(command, ROOT),
            env=self._environment() | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _environment(self) -> dict[str, str]:
        """Return our environment without settings and proxies, with the authority trusted."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("NEWSCRAWL") and not name.lower().endswith("_proxy")
        }
        return kept | {"SSL_CERT_FILE": str(self._known.certificate)}

    def _put_up(self, sites: Sequence[Site]) -> None:
        hosts = {host: site for site in sites for host in site.hosts}
        addresses = {
            host: site.address or f"81.0.0.{number}"
            for number, (host, site) in enumerate(hosts.items(), 10)
        }
        self._sites.clear()
        self._sites.update(hosts)
        self._namespace.name_hosts(addresses)
        self._recorder.clear()

    @contextmanager
    def _answering(self) -> Iterator[None]:
        threads = [
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            for server in self._servers
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            for server, thread in zip(self._servers, threads, strict=True):
                server.shutdown()
                thread.join()
                server.server_close()


@contextmanager
def open_internet() -> Iterator[Internet]:
    """Open the test internet. Raises NoNamespace if this machine allows no namespace."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="newscrawl-internet-")))
        namespace = stack.enter_context(open_namespace(folder))
        internet = Internet(namespace, folder)
        stack.enter_context(internet._answering())
        yield internet
