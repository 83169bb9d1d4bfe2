"""The sides that `benchmarks/sessions.py` compares; each is one function (url, episodes, in flight)."""
