#!/bin/sh
# The namespace of our workflows. Closed ones stay readable for 90 days; the dossier is the legal record.
set -eu
: "${TEMPORAL_ADDRESS:?}" "${NAMESPACE:?}"

temporal operator namespace describe --namespace "$NAMESPACE" >/dev/null 2>&1 ||
    temporal operator namespace create --namespace "$NAMESPACE" --retention 2160h
