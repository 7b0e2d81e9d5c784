"""What people and workflows may do here: one function, one transaction."""
