"""Playing sessions: the cast, the plan, the batch, and the verb `run`."""
