"""The client with an LLM voice: who it is, the note for this turn, its words checked, its appraisal."""
