"""Intuit's OAuth 2 and OpenID Connect: grants, endpoints, consent pages."""
