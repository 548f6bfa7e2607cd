"""The service as a model behind OpenAI's interface, for the clients that people already have."""
