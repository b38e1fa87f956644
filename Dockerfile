# One image for every process of the grown form; docker-compose.yml says which runs what.
# It needs no network at run time. Build where a package index can be reached: docker build -t rasad .
FROM python:3.13-slim-bookworm AS build
COPY requirements.lock /src/
RUN python -m venv /opt/rasad && /opt/rasad/bin/pip install --no-cache-dir --require-hashes -r /src/requirements.lock
COPY . /src/
RUN /opt/rasad/bin/pip install --no-cache-dir --no-deps --no-build-isolation -e /src

FROM python:3.13-slim-bookworm
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin rasad && install -d -o rasad -g rasad /var/lib/rasad
COPY --from=build /opt/rasad /opt/rasad
COPY --from=build /src /src
ENV PATH=/opt/rasad/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp RASAD_DATA=/var/lib/rasad RASAD_LOG_FORMAT=json
USER rasad
WORKDIR /var/lib/rasad
VOLUME /var/lib/rasad
ENTRYPOINT ["sh", "/src/deploy/entrypoint.sh"]
CMD ["up"]
