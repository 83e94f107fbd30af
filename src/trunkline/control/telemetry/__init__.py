"""Traces and metrics of calls for OpenTelemetry, where they are wanted. Only ``telemetry.py`` needs its SDK."""
