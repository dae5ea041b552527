"""The house round the apps: settings, addresses, headers, and the one ASGI application."""
