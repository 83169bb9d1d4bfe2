"""How an episode is judged: scales as data, scripted raters, safety screen, statistics."""
