"""The machinery around a run: what is installed, serving a model, checking an endpoint."""
