"""The LangGraph state machines in which a client meets a counselor."""
