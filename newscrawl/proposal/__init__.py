"""Propose the declaration and the layout of a site from a first visit."""

from newscrawl.proposal.module_text import module_text
from newscrawl.proposal.queries import Proposal, propose
from newscrawl.proposal.site_look import SiteLook

__all__ = ["Proposal", "SiteLook", "module_text", "propose"]
