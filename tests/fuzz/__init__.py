"""Parsers under a fuzzer that looks for inputs which reach new code (atheris): what strangers send must never raise."""
