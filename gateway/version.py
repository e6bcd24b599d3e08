"""The version that the gateway shows."""

VERSION = "0.1.0"
