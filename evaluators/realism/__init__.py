"""How believable the clients of a run are: counted on transcripts, beside what is known of people."""
