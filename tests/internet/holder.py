"""The process that keeps a network namespace alive; standard library only, run as a script.

`unshare … python holder.py SOCKET HOSTS NSSWITCH` gives the loopback interface public
addresses, puts its own files over /etc/hosts and /etc/nsswitch.conf, listens on ports 80 and
443, sends both listening sockets to the parent and waits until the parent closes its end.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

NETWORK = "81.0.0.1/24"
"""The addresses of the sites: public for the address guard, and routed nowhere in here."""
PORTS = (80, 443)


def main(descriptor: int, hosts: str, nsswitch: str) -> None:
    parent = socket.socket(fileno=descriptor)
    try:
        _prepare(hosts, nsswitch)
        listening = [socket.create_server(("0.0.0.0", port), backlog=128) for port in PORTS]  # noqa: S104
    except (OSError, subprocess.CalledProcessError) as error:
        detail = getattr(error, "stderr", b"") or str(error).encode()
        parent.sendall(b"failed: " + detail.strip()[:500])
        return
    socket.send_fds(parent, [b"ready"], [one.fileno() for one in listening])
    parent.recv(1)


def _prepare(hosts: str, nsswitch: str) -> None:
    interface = f"link set lo up\naddr add {NETWORK} dev lo\n".encode()
    subprocess.run(["ip", "-batch", "-"], input=interface, check=True, capture_output=True)
    for source, target in ((hosts, "/etc/hosts"), (nsswitch, "/etc/nsswitch.conf")):
        if Path(target).exists():
            mount = ["mount", "--bind", source, target]
            subprocess.run(mount, check=True, capture_output=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
