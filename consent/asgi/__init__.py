"""The edge: one middleware around any ASGI application, and the routes it answers itself."""
