"""The door: files to frozen records, by the standard library and pydantic alone: a refusal waits for nothing heavy."""
