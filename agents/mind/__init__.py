"""What moves a client and what it decides to do; numbers stand in `parameters.toml`. No words here."""
