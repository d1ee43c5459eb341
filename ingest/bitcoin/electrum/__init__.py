"""An Electrum server: lines of JSON over TCP or TLS."""
