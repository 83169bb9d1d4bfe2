"""Who the clients are: schema, taxonomies, importers, generator, catalogue. It imports no other room."""
