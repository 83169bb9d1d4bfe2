"""Judges that ask a model: CTRS, PANAS from inside and outside, safety. What they read is material."""
