"""The gateway's routes, one module a noun. They translate and call once; no decision is made here."""
