"""A network namespace with public addresses, its own host names, and ports 80 and 443.

Only the commands run with `Namespace.command` are inside it. The listening sockets come from
there too, but are served by the process that opened the namespace.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import attrs

from tests.internet import holder

_TOOLS = {
    "unshare": "util-linux",
    "nsenter": "util-linux",
    "mount": "mount",
    "ip": "iproute2",
}
"""The programs that are needed, with their Debian packages."""
_AS_ROOT = (("--net", "--mount"), ("--net", "--mount"))
_AS_ANYONE = (
    ("--user", "--map-root-user", "--net", "--mount"),
    ("--user", "--preserve-credentials", "--net", "--mount"),
)
_NSSWITCH = "passwd: files\ngroup: files\nshadow: files\nhosts: files\nservices: files\n"
_PATIENCE = 20.0
"""The seconds that a namespace may take to be ready."""


class NoNamespace(Exception):
    """A network namespace cannot be had here; the text says why."""


@attrs.frozen
class Namespace:
    """A namespace that is open."""

    pid: int
    """The process that keeps it alive."""
    options: tuple[str, ...]
    """Options of nsenter."""
    hosts: Path
    """The file that is /etc/hosts inside."""
    sockets: tuple[socket.socket, ...]
    """Listening on ports 80 and 443."""

    def command(self, command: Sequence[str], folder: Path) -> list[str]:
        """Return the command line that runs *command* inside, in *folder*; its pid is kept."""
        enter = ["nsenter", f"--target={self.pid}", *self.options, "--"]
        return [*enter, "env", f"--chdir={folder}", *command]

    def name_hosts(self, addresses: Mapping[str, str]) -> None:
        """Let each name resolve to its address inside, and no other name."""
        lines = [f"{address} {name}\n" for name, address in addresses.items()]
        # Written in place: the mount is of this very file.
        self.hosts.write_text("".join(["127.0.0.1 localhost\n", *lines]), "utf-8")


@contextmanager
def open_namespace(folder: Path) -> Iterator[Namespace]:
    """Open a namespace, with its files in *folder*. Raises NoNamespace if that fails."""
    for tool, package in _TOOLS.items():
        if shutil.which(tool) is None:
            raise NoNamespace(f"the program {tool} is missing (Debian package {package})")
    (folder / "hosts").write_text("127.0.0.1 localhost\n", "utf-8")
    (folder / "nsswitch.conf").write_text(_NSSWITCH, "utf-8")
    ways = (_AS_ROOT, _AS_ANYONE) if os.geteuid() == 0 else (_AS_ANYONE,)
    reasons: list[str] = []
    for unshare, nsenter in ways:
        process, parent, answer = _start_holder(unshare, folder)
        try:
            if isinstance(answer, str):
                reasons.append(f"unshare {' '.join(unshare)}: {answer}")
                continue
            yield Namespace(process.pid, nsenter, folder / "hosts", answer)
            return
        finally:
            parent.close()
            _end(process)
    raise NoNamespace("; ".join(reasons))


def _start_holder(
    unshare: Sequence[str], folder: Path
) -> tuple[subprocess.Popen[bytes], socket.socket, tuple[socket.socket, ...] | str]:
    """Start the holder; return it, our end of its socket, and its sockets or an error."""
    parent, child = socket.socketpair()
    parent.settimeout(_PATIENCE)
    files = (str(folder / "hosts"), str(folder / "nsswitch.conf"))
    python = (sys.executable, "-I", "-S", holder.__file__, str(child.fileno()), *files)
    process = subprocess.Popen(
        ["unshare", *unshare, "--", *python],
        pass_fds=[child.fileno()],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    child.close()
    try:
        message, descriptors, _, _ = socket.recv_fds(parent, 1024, len(holder.PORTS))
    except TimeoutError:
        process.kill()
        return process, parent, f"not ready after {_PATIENCE:.0f} s"
    if message == b"ready":
        return process, parent, tuple(socket.socket(fileno=one) for one in descriptors)
    said = message or _end(process)
    return process, parent, said.decode(errors="replace").strip() or "it ended without a word"


def _end(process: subprocess.Popen[bytes]) -> bytes:
    """Wait for *process*, whose socket is closed, to end; return its error messages."""
    try:
        return process.communicate(timeout=_PATIENCE)[1]
    except ValueError:  # read already
        return b""
