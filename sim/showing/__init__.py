"""Looking at what was played: tables, and one session beat by beat."""
