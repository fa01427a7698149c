"""A QuickBooks Online that runs on this machine: OAuth, the v3 Accounting API, a browser and a control interface."""
