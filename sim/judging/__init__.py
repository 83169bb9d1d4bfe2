"""Judges after the fact: judging again, how far judges agree, and what they are fit for."""
