"""How good words are, without a judge: believable clients, answers and distortions held to references."""
