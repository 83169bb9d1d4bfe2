"""How messages are heard: what a sentence does, what a client gives away, words to give back."""
