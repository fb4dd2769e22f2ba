"""Respect for sites: robots.txt, opt-outs, pace, quiet hours and second attempts."""
