"""What someone may do in a round: one function, one transaction, refused by domain words or written as a whole."""
