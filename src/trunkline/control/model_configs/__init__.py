"""The configurations of applications, and the versions that share their traffic."""
