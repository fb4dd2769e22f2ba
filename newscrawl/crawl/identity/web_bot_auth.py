"""Web Bot Auth: a signature that proves to a site who crawls it.

After draft-meunier-web-bot-auth-architecture: the authority and the Signature-Agent header are
signed, with the tag `web-bot-auth`; a site finds the public key in the directory of the agent.
"""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from newscrawl.crawl.identity.keys import thumbprint
from newscrawl.crawl.identity.signature import Message, Parameter, sign

TAG = "web-bot-auth"
LIFETIME = dt.timedelta(minutes=5)
"""Time for which a signature is valid: one that is overheard is of little use."""
_NONCE_BYTES = 64


def signed_headers(
    url: str, agent: str, key: Ed25519PrivateKey, now: dt.datetime, method: str = "GET"
) -> Mapping[str, str]:
    """Return the header fields that sign a request for *url*.

    *agent* is the origin whose directory holds the public key, such as https://bot.example.
    """
    header = f'"{agent}"'
    created = int(now.timestamp())
    parameters = (
        Parameter("created", created),
        Parameter("expires", created + int(LIFETIME.total_seconds())),
        Parameter("keyid", thumbprint(key)),
        Parameter("alg", "ed25519"),
        Parameter("nonce", base64.b64encode(secrets.token_bytes(_NONCE_BYTES)).decode()),
        Parameter("tag", TAG),
    )
    message = Message(method=method, url=url, headers={"signature-agent": header})
    signature = sign(message, key, ("@authority", "signature-agent"), parameters)
    return {
        "Signature-Agent": header,
        "Signature-Input": signature.signature_input,
        "Signature": signature.signature,
    }
