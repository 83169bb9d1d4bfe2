"""Training sets made of runs: filtered, laid out as at play, split by client, with a card."""
