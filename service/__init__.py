"""What a long-running program owes its machine: settings, secrets, logs, metrics, a heartbeat and a health page."""
