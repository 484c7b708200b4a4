"""What templates say and draw: ``words`` (filters), ``parts`` (components), ``sparkline``, ``icons``."""
