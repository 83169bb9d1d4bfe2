"""Naming the cognitive distortions in what a client says, and how well that is done."""
