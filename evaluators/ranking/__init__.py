"""Which counselor is better, and how sure are we: paired designs, clustered intervals, pairwise ranks."""
