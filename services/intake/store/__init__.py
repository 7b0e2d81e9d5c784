"""All the SQL of intake, by what it keeps."""
