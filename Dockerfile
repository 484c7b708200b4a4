# The portal, its worker and the gateway: one image, three commands (see compose.yaml).
# Packages are those of the lock, with their hashes, as built by their makers: nothing is compiled here, and what builds
# bilan itself is in the lock, too. To hold the system still as well, give BASE with its digest.
ARG BASE=python:3.12-slim
FROM ${BASE} AS build
WORKDIR /build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 SOURCE_DATE_EPOCH=315532800
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY src src
RUN python -m venv /srv/bilan \
 && /srv/bilan/bin/pip install --require-hashes --only-binary=:all: --no-compile -r requirements.lock \
 && /srv/bilan/bin/pip install --no-deps --no-build-isolation --no-compile . \
 && /srv/bilan/bin/python -m compileall -q --invalidation-mode unchecked-hash /srv/bilan/lib

FROM ${BASE}
# Old .doc files are read through LibreOffice, charts are drawn with a Chinese font.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libreoffice-writer fontconfig fonts-wqy-zenhei \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data bilan \
 && install --directory --owner=bilan --group=bilan --mode=700 /data
COPY --from=build /srv/bilan /srv/bilan
ENV PATH=/srv/bilan/bin:$PATH BILAN_HOME=/data PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000 9212
CMD ["bilan", "serve", "--host", "0.0.0.0", "--jobs", "0"]
