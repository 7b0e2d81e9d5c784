"""What touches the world: settings, database, outbox, files, Temporal, telemetry, HTTP."""
