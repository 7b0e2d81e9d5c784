"""What notify does when asked: one function, one transaction."""
