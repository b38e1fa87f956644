#!/bin/sh
# Writes the secrets that docker-compose.yml reads: a fresh database password, an empty mail server, and a self-signed certificate
# (put your own in its place). Existing files stay.
set -eu
folder="$(dirname "$0")/secrets"
mkdir -p "$folder"
chmod 700 "$folder"
umask 027
if [ ! -e "$folder/postgres_password" ]; then
    password=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
    printf '%s' "$password" >"$folder/postgres_password"
    printf 'postgresql://rasad:%s@postgres/rasad' "$password" >"$folder/database_url"
fi
[ -e "$folder/smtp_url" ] || : >"$folder/smtp_url"
if [ ! -e "$folder/tls.key" ]; then
    openssl req -x509 -newkey rsa:3072 -nodes -days 365 -subj /CN=rasad -keyout "$folder/tls.key" -out "$folder/tls.crt" 2>/dev/null
fi
chmod 644 "$folder"/*
echo "secrets are in $folder"
