"""The scripted judges: cues, what they find in a transcript, and the rules that make scores of it."""
