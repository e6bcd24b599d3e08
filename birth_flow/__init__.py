"""The birth group. See README.md in this folder."""

from birth_flow.flow import GROUP

__all__ = ["GROUP"]
