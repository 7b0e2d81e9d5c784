"""All the SQL of review, by what it is about."""
