"""The service: a REST API and a chat page over `ragbot`; start it with `api.server.run`."""
