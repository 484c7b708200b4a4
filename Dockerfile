# The portal, its worker and the gateway: one image, three commands (see compose.yaml).
FROM python:3.12-slim AS build
WORKDIR /build
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY src src
RUN python -m venv /srv/bilan \
 && /srv/bilan/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
 && /srv/bilan/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
 && /srv/bilan/bin/python -m compileall -q /srv/bilan/lib

FROM python:3.12-slim
# Old .doc files are read through LibreOffice, charts are drawn with a Chinese font.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libreoffice-writer fontconfig fonts-wqy-zenhei \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data bilan \
 && install --directory --owner=bilan --group=bilan --mode=700 /data
COPY --from=build /srv/bilan /srv/bilan
ENV PATH=/srv/bilan/bin:$PATH BILAN_HOME=/data PYTHONUNBUFFERED=1
USER bilan
WORKDIR /data
VOLUME /data
EXPOSE 8000 9212
CMD ["bilan", "serve", "--host", "0.0.0.0", "--jobs", "0"]
