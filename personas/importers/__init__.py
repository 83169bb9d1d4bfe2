"""Clients from what others wrote: intake forms, questions to a column, a profile inferred by rules."""
