"""The verbs: run, replay, show, personas, graph, doctor; configuration and the runner."""
