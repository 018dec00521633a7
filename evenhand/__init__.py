"""The door: the command line, the parent process and the demo. Each subcommand imports its part when it is chosen."""
