# syntax=docker/dockerfile:1
# Two stages: the wheel is built with its tools, and only its environment goes into the image.
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY evenhand evenhand
COPY gateway gateway
COPY monitors monitors
COPY config config
COPY grafana grafana
COPY docs/runbooks docs/runbooks
RUN python -m venv /opt/evenhand \
 && /opt/evenhand/bin/pip install --no-cache-dir -c requirements.lock .

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin evenhand \
 && install -d -o evenhand -g evenhand -m 0700 /data
COPY --from=build /opt/evenhand /opt/evenhand
ENV PATH=/opt/evenhand/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
# The root file system may be read-only: everything written goes to the volume, under which a relative data_dir lies.
WORKDIR /data
VOLUME ["/data"]
EXPOSE 4000 4100
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:4000/livez', timeout=2)"]
STOPSIGNAL SIGTERM
# --host 0.0.0.0 needs general_settings.master_key in the mounted configuration.
ENTRYPOINT ["evenhand"]
CMD ["serve", "--config", "/etc/evenhand/evenhand.yaml", "--host", "0.0.0.0"]
