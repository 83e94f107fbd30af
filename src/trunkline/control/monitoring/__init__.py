"""What ``/metrics`` shows of all processes of an installation."""
