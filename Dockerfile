# One image for every service of the town; docker-compose.yml says which one a container is.
FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

RUN useradd --system --uid 10001 --no-create-home town && install --directory --owner=town /data

WORKDIR /app
# The lock alone first: while it stays the same, the packages are not fetched again.
COPY requirements/cluster.txt requirements/cluster.txt
RUN pip install --require-hashes --only-binary=:all: -r requirements/cluster.txt
COPY . .

USER town
ENV SANDBOX_HOST=0.0.0.0 SANDBOX_BASE_PORT=8000 SANDBOX_VAR_DIR=/data
EXPOSE 8000
ENTRYPOINT []
CMD ["python", "-m", "town", "--help"]
