"""The page for publishers: who crawls, what is stored, how to opt out and to withdraw."""

from __future__ import annotations

from html import escape
from string import Template

import newscrawl
from newscrawl.crawl.identity.keys import DIRECTORY_PATH
from newscrawl.resources import read_bytes


def publisher_page(*, name: str, contact: str, agent: str, keyid: str) -> str:
    """Return the page in HTML.

    *contact* is an e-mail or web address, *agent* the origin of the identity, *keyid* the
    identifier of its key.
    """
    is_mail = "@" in contact and "://" not in contact
    values = {
        "name": name,
        "contact": contact,
        "contact_url": f"mailto:{contact}" if is_mail else contact,
        "agent": agent,
        "keyid": keyid,
        "directory": f"{agent}{DIRECTORY_PATH}",
        "user_agent": f"newscrawl/{newscrawl.__version__} (news archiving; +{contact})",
    }
    template = Template(read_bytes("publisher_page.html").decode("utf-8"))
    return template.safe_substitute({key: escape(text) for key, text in values.items()})
