"""States, decisions and refusals of review. Pure: no database, no HTTP, no clock."""
