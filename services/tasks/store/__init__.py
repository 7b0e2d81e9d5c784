"""All the SQL of this service; rows become frozen dataclasses."""
