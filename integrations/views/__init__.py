"""The pages under My Company → Integrations and of sync, whatever the accounting system."""
