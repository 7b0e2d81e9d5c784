"""Papers in official form, such as a legality opinion: the same paper gives the same bytes, as DOCX and as PDF."""
