"""Looking into company files with a browser."""
