#!/bin/sh
# Reads secrets from files (RASAD_DATABASE_URL_FILE → RASAD_DATABASE_URL) and starts rasad: no secret stands in the environment of the
# container's description, only in that of the process.
set -eu
for name in DATABASE_URL SMTP_URL; do
    file=$(printenv "RASAD_${name}_FILE" || true)
    if [ -n "$file" ]; then
        value=$(cat "$file")
        export "RASAD_${name}=$value"
        unset "RASAD_${name}_FILE"
    fi
done
exec rasad "$@"
