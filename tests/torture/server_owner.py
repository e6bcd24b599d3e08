"""Starts a PostgreSQL of its own and waits: a program for the tests to kill."""

import json
import sys

from town.torture.postgres_server import PostgresServer

if __name__ == "__main__":
    with PostgresServer() as server:
        print(json.dumps({"folder": str(server.folder), "pids": server.pids()}), flush=True)
        sys.stdin.read()
