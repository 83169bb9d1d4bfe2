"""Foreign corpora: one reader a format, each from a row of its file to a session of ours."""
