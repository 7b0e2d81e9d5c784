"""What is shown, to programs and to people: rows put together into answers. No decisions here."""
