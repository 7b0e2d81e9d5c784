"""Messages between workflows and services, one module for each served side. Pure: no I/O, no decisions."""
