"""Clients nobody wrote by hand: an even plan, fitting people, and lines filled from `words/`."""
