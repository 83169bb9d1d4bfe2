"""How a judge is judged: known groups, changed sessions, judging again; and what that makes of it."""
