"""What someone may do in intake: one function, one transaction."""
