# One image, three roles: web (the default), worker and beat are commands of compose.yaml.
FROM python:3.11-slim AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements.txt ./
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/app:/app/site \
    DJANGO_SETTINGS_MODULE=config.settings.production SOKONI_VAR=/var/lib/sokoni
WORKDIR /app
RUN useradd --system --home /app sokoni && install -d -o sokoni /var/lib/sokoni
COPY --from=build /venv /venv
COPY . .
# Static files need no secrets, only settings that import: the development ones.
RUN DJANGO_SETTINGS_MODULE=config.settings.build python manage.py collectstatic --noinput
USER sokoni
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz/live', timeout=2)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "3", "--backlog", "1024", "config.wsgi:application"]
