"""What a run leaves behind: records, the append-only store, resume, readers."""
