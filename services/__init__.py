"""The agencies and shared registries of the sandbox, each an app with a file of its own."""

from services.assembly import NAMES, build, prove_catalogue

__all__ = ["NAMES", "build", "prove_catalogue"]
