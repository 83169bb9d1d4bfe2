"""Answers as text: overlap with references, five-part structure, and what a corpus is made of."""
