"""Propose the declaration and the layout of a site from a first visit."""

from newscrawl.proposal.module_text import module_text
from newscrawl.proposal.queries import Proposal, propose
from newscrawl.proposal.site_facts import SiteFacts

__all__ = ["Proposal", "SiteFacts", "module_text", "propose"]
