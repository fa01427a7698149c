# Two images from one file: `app` (web, worker, beat) and `demo`, which adds the simulated QuickBooks.
FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements /requirements
RUN python -m venv /venv && /venv/bin/pip install --require-hashes -r /requirements/base.txt

FROM packages AS demo-packages
RUN /venv/bin/pip install --require-hashes -r /requirements/demo.txt

FROM python:3.11-slim-bookworm AS app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=bigtime.settings \
    BIGTIME_STATIC_ROOT=/app/.static BIGTIME_INSTANCE_FILE=/data/instance
RUN useradd --system --uid 1000 --home-dir /app --shell /usr/sbin/nologin bigtime \
    && mkdir -p /app /data && chown bigtime:bigtime /data
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
# Collecting needs settings but neither a database nor real secrets; these values stay in this one step.
RUN BIGTIME_SECRET_KEY=only-for-this-step DATABASE_URL=postgres://nobody@localhost/none REDIS_URL= \
    python manage.py collectstatic --noinput
USER bigtime
VOLUME /data
EXPOSE 8000
# Any answer below 500 will do: the address asked from inside may be refused by name or sent on to https.
HEALTHCHECK --interval=15s --timeout=5s --start-period=40s CMD ["python", "-c", "\
import http.client, sys; web = http.client.HTTPConnection('127.0.0.1', 8000, timeout=4); \
web.request('GET', '/healthz'); sys.exit(web.getresponse().status >= 500)"]
CMD ["gunicorn", "bigtime.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4"]

FROM app AS demo
COPY --from=demo-packages /venv /venv
