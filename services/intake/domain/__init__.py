"""What intake decides: pure, no I/O."""
