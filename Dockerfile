# The service in a container: no root, nothing written but below /var/lib/ragbot and /tmp.
# docker build -t ragbot . && docker run -p 127.0.0.1:8000:8000 -e RAGBOT_OPEN=1 -v ragbot:/var/lib/ragbot ragbot
FROM python:3.11-slim-bookworm AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python -m venv /opt/ragbot
# torch without CUDA: it encodes where a processor cannot run the graph, and builds do
COPY constraints.txt ./
RUN /opt/ragbot/bin/pip install --constraint constraints.txt \
    --index-url https://download.pytorch.org/whl/cpu --extra-index-url https://pypi.org/simple torch
COPY pyproject.toml README.md LICENSE ./
COPY ragbot ragbot
COPY api api
COPY corpus corpus
RUN /opt/ragbot/bin/pip install --constraint constraints.txt ".[mcp,llm,otel]"

FROM python:3.11-slim-bookworm

RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/ragbot --create-home ragbot
COPY --from=build /opt/ragbot /opt/ragbot
ENV PATH=/opt/ragbot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    RAGBOT_HOST=0.0.0.0 \
    RAGBOT_CORPUS=/var/lib/ragbot/corpus \
    RAGBOT_INDEX=/var/lib/ragbot/index
USER 10001:10001
WORKDIR /var/lib/ragbot
VOLUME /var/lib/ragbot
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["ragbot"]
CMD ["serve"]
