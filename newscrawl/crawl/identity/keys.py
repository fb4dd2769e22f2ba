"""The key of a crawler: made, read, and described for those who verify its signatures."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from newscrawl.errors import NewscrawlError, UsageError

DIRECTORY_PATH = "/.well-known/http-message-signatures-directory"
"""Path of the published directory of keys, on the host of the identity."""
DIRECTORY_TYPE = "application/http-message-signatures-directory+json"
"""The media type that it has to be served with."""


def make_key(path: Path) -> Ed25519PrivateKey:
    """Make a key and write it to a new file that its owner alone can read.

    Raises UsageError if the file exists: a key that was published must not be lost.
    """
    key = Ed25519PrivateKey.generate()
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise UsageError(f"{path} exists already; a key is never overwritten") from error
    except OSError as error:
        raise NewscrawlError(f"cannot write {path}: {error.strerror}") from error
    try:
        with os.fdopen(file, "wb") as opened:
            opened.write(content)
    except OSError as error:
        path.unlink()  # half a key would be in the way of the next one
        raise NewscrawlError(f"cannot write {path}: {error.strerror}") from error
    return key


def read_key(path: Path) -> Ed25519PrivateKey:
    """Read a key from a PEM file. Raises UsageError if it holds none."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"{path} cannot be read as a key: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"{path} holds another kind of key than Ed25519")
    return key


def thumbprint(key: Ed25519PrivateKey) -> str:
    """Return the identifier of a key: its JWK thumbprint by SHA-256 (RFC 7638, RFC 8037)."""
    public = {"crv": "Ed25519", "kty": "OKP", "x": _public(key)}
    text = json.dumps(public, separators=(",", ":"), sort_keys=True)
    return _encoded(hashlib.sha256(text.encode()).digest())


def key_directory(
    *keys: Ed25519PrivateKey,
    made_at: dt.datetime,
    days: int | None = None,
    ends: Mapping[str, int] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return the directory to publish: the public keys as a JSON Web Key Set.

    *days* is how long they are valid; None for no end, or that of *ends* (Unix time, by id).
    """
    if days is not None:
        end = int((made_at + dt.timedelta(days=days)).timestamp())
        ends = {thumbprint(key): end for key in keys}
    return {"keys": [_entry(key, made_at, ends.get(thumbprint(key))) for key in keys]}


def _entry(key: Ed25519PrivateKey, made_at: dt.datetime, end: int | None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": _public(key),
        "kid": thumbprint(key),
        "alg": "EdDSA",
        "use": "sig",
        "nbf": int(made_at.timestamp()),
    }
    if end is not None:
        entry["exp"] = end
    return entry


def _public(key: Ed25519PrivateKey) -> str:
    return _encoded(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
