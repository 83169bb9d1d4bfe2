"""Who the clients are: schema, taxonomies, importers, catalogue. The ground floor: it imports no other room."""
