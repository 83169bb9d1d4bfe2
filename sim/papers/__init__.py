"""A run laid out like the tables of a paper, published figures beside."""
