"""The translate process: OpenAI's HTTP in front, other providers' dialects behind, spoken by litellm, which is imported here only."""
