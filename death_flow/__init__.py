"""The death group. See README.md in this folder."""

from death_flow.flow import GROUP

__all__ = ["GROUP"]
