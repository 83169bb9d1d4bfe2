"""Who the clients are: schema, taxonomies, importers, catalogue. It imports no other room."""
