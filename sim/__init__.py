"""The verbs by what they are about: clients, playing, judging, quality, corpora, showing and the rest."""
