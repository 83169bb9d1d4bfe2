"""The verbs about clients: list, show, check, generate and enrich them."""
