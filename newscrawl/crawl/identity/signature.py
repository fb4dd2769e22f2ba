"""HTTP message signatures (RFC 9421) by Ed25519, of the components that a GET request has.

The signature base is a line for each covered component and one for the parameters; its bytes
are signed. A component is a name, with its parameter behind it: `signature-agent;key="sig1"` is
a member of a dictionary, `@authority;req` that of the request which a response answers. Only
what this program sends is made here: nothing is verified.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import attrs
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_STANDARD_PORTS = {"http": 80, "https": 443}
_MEMBER = r'(?:^|,\s*){}=("(?:[^"\\]|\\.)*")\s*(?=,|$)'
_QUOTED = re.compile(r"[\x20-\x7e]*")


@attrs.frozen(kw_only=True)
class Message:
    """The parts of a request that may be signed."""

    method: str
    url: str
    headers: Mapping[str, str] = attrs.field(factory=dict)
    """Header fields by their name in small letters."""


@attrs.frozen
class Parameter:
    """One parameter of a signature, such as created or keyid."""

    name: str
    value: int | str


@attrs.frozen(kw_only=True)
class Signature:
    """The two header fields that carry a signature."""

    signature_input: str
    signature: str


def sign(
    message: Message,
    key: Ed25519PrivateKey,
    components: Sequence[str],
    parameters: Sequence[Parameter],
    label: str = "sig1",
) -> Signature:
    """Return the signature of *components* of *message*.

    Raises ValueError if a component is repeated or not in the message, or a value cannot be
    written.
    """
    if len({*components}) < len(components):
        raise ValueError("a component is signed once (RFC 9421, 2.5)")
    stated = _stated(components, parameters)
    signed = key.sign(signature_base(message, components, parameters).encode("ascii"))
    return Signature(
        signature_input=f"{label}={stated}",
        signature=f"{label}=:{base64.b64encode(signed).decode()}:",
    )


def signature_base(
    message: Message, components: Sequence[str], parameters: Sequence[Parameter]
) -> str:
    """Return the text that is signed (RFC 9421, 2.5)."""
    lines = [f"{_identifier(one)}: {component_value(message, one)}" for one in components]
    return "\n".join([*lines, f'"@signature-params": {_stated(components, parameters)}'])


def component_value(message: Message, name: str) -> str:
    """Return the value of a covered component. Raises ValueError if *message* has none."""
    name, _, parameter = name.partition(";")
    if not name.startswith("@"):
        if name not in message.headers:
            raise ValueError(f"the request has no header {name} to sign")
        value = message.headers[name].strip()
        return _member(value, parameter) if parameter else value
    parts = urlsplit(message.url)
    values = {
        "@method": message.method,
        "@authority": authority_of(message.url),
        "@scheme": parts.scheme.lower(),
        "@target-uri": message.url,
        "@path": parts.path or "/",
        "@query": f"?{parts.query}",
    }
    if name not in values:
        raise ValueError(f"{name} is no component of a request that is signed here")
    return values[name]


def _member(dictionary: str, parameter: str) -> str:
    """Return the member of a dictionary that `key="…"` names; members are strings here."""
    name = parameter.removeprefix('key="').removesuffix('"')
    found = re.search(_MEMBER.format(re.escape(name)), dictionary)
    if found is None:
        raise ValueError(f"the header has no string {name} to sign")
    return found[1]


def authority_of(url: str) -> str:
    """Return host and port of *url*, without the port that its scheme has by default."""
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna" if not _is_literal(parts.hostname) else "ascii")
    name = host.decode().lower()
    shown = f"[{name}]" if ":" in name else name
    if parts.port is None or parts.port == _STANDARD_PORTS.get(parts.scheme.lower()):
        return shown
    return f"{shown}:{parts.port}"


def _is_literal(host: str | None) -> bool:
    return host is None or host.isascii()


def _stated(components: Sequence[str], parameters: Sequence[Parameter]) -> str:
    """Return components and parameters as a structured inner list (RFC 9651)."""
    covered = " ".join(map(_identifier, components))
    stated = "".join(f";{one.name}={_written(one.value)}" for one in parameters)
    return f"({covered}){stated}"


def _identifier(component: str) -> str:
    name, semicolon, parameter = component.partition(";")
    return f"{_quoted(name)}{semicolon}{parameter}"


def _written(value: int | str) -> str:
    return str(value) if isinstance(value, int) else _quoted(value)


def _quoted(text: str) -> str:
    """Return *text* as a structured string. Raises ValueError if it is not plain ASCII."""
    if not _QUOTED.fullmatch(text):
        raise ValueError(f"{text!r} cannot be written in a header")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
