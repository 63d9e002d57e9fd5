"""What answers: the live provider, a recording, or the reference server."""
