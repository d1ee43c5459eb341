"""The answers of the commands as JSON over HTTP, for programs that hold a token: `/api/v1/…`."""
