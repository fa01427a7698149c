"""Stand-ins for QuickBooks: they import nothing of the application, and the application imports nothing of them."""
