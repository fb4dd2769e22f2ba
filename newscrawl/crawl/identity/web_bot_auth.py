"""Web Bot Auth: a signature that proves to a site who crawls it.

After draft-ietf-webbotauth-httpsig-protocol-01: the authority and the member of the dictionary
Signature-Agent that has the label of the signature are signed, with the tag `web-bot-auth`; a
site finds the public key in the directory of the agent. The answer with the directory is signed
by each of its keys, so that nobody else can publish it as theirs.
"""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from collections.abc import Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from newscrawl.crawl.identity.keys import DIRECTORY_PATH, DIRECTORY_TYPE, thumbprint
from newscrawl.crawl.identity.signature import Message, Parameter, sign

TAG = "web-bot-auth"
LIFETIME = dt.timedelta(minutes=5)
"""Time for which a signature is valid: one that is overheard is of little use."""
CLOCK_SKEW = dt.timedelta(seconds=30)
"""Signatures are dated back by this: sites refuse those which their clock has in the future."""
DIRECTORY_TAG = "http-message-signatures-directory"
_DIRECTORY_CACHED = dt.timedelta(days=1)
_NONCE_BYTES = 64
_LABEL = "sig1"


def signed_headers(
    url: str, agent: str, key: Ed25519PrivateKey, now: dt.datetime, method: str = "GET"
) -> Mapping[str, str]:
    """Return the header fields that sign a request for *url*.

    *agent* is the origin whose directory holds the public key, such as https://bot.example.
    """
    header = f'{_LABEL}="{agent}"'
    message = Message(method=method, url=url, headers={"signature-agent": header})
    components = ("@authority", f'signature-agent;key="{_LABEL}"')
    parameters = _parameters(key, now, now + LIFETIME, TAG)
    signature = sign(message, key, components, parameters, _LABEL)
    return {
        "Signature-Agent": header,
        "Signature-Input": signature.signature_input,
        "Signature": signature.signature,
    }


def directory_headers(
    agent: str, keys: Sequence[Ed25519PrivateKey], now: dt.datetime, until: dt.datetime
) -> Mapping[str, str]:
    """Return the header fields of the answer with the directory of *keys* at *agent*.

    The signatures, one by each key, are valid *until* then.
    """
    request = Message(method="GET", url=f"{agent}{DIRECTORY_PATH}")
    signatures = [
        sign(
            request,
            key,
            ("@authority;req",),
            _parameters(key, now, until, DIRECTORY_TAG),
            f"sig{number}",
        )
        for number, key in enumerate(keys, 1)
    ]
    return {
        "Content-Type": DIRECTORY_TYPE,
        "Cache-Control": f"max-age={int(_DIRECTORY_CACHED.total_seconds())}",
        "Signature-Input": ", ".join(one.signature_input for one in signatures),
        "Signature": ", ".join(one.signature for one in signatures),
    }


def _parameters(
    key: Ed25519PrivateKey, now: dt.datetime, until: dt.datetime, tag: str
) -> tuple[Parameter, ...]:
    return (
        Parameter("created", int((now - CLOCK_SKEW).timestamp())),
        Parameter("expires", int(until.timestamp())),
        Parameter("keyid", thumbprint(key)),
        Parameter("alg", "ed25519"),
        Parameter("nonce", base64.b64encode(secrets.token_bytes(_NONCE_BYTES)).decode()),
        Parameter("tag", tag),
    )
