"""Counselors, their planner and supervisor with an LLM voice, and how their requests are laid out."""
