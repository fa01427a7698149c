"""QuickBooks Desktop on this machine: company files behind the request-processor interface."""
