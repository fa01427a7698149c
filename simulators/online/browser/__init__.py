"""Looking into the books with a browser."""
