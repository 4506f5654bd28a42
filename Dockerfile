# syntax=docker/dockerfile:1
FROM node:22-slim AS frontend
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM python:3.11-slim AS app
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements/base.txt requirements/
RUN pip install --quiet --require-hashes -r requirements/base.txt \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin jinshi \
    && install -d -o jinshi -g jinshi -m 750 /data /data/media
COPY --from=frontend /build/node_modules node_modules
COPY . .
# The key is of this one step only: collecting files signs nothing.
RUN SECRET_KEY=build-step-only DATABASE_URL=sqlite:////tmp/unused STATIC_ROOT=/app/static-root \
    python manage.py collectstatic --noinput --verbosity 0
ENV STATIC_ROOT=/app/static-root MEDIA_ROOT=/data/media CELERY_BEAT_SCHEDULE=/data/beat-schedule
USER jinshi
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "-c", "python:jinshi_zf.web", "-b", "0.0.0.0:8000", "jinshi_zf.wsgi:application"]
