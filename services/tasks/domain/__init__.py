"""What holds for inbox items and plan tasks, without I/O: states, decisions, refusals."""
