"""What a run comes to in numbers: counts, costs, vetoes, and their tables."""
