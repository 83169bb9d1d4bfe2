"""Who speaks: transcript, discourse, the client's mind and voice, the counselors."""
