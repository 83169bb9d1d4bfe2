"""The loop: rounds of playing, judging, filtering, training and evaluating, each after the last."""
