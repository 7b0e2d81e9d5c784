"""The text of DOCX, PDF and HTML files, read in a process of its own."""
