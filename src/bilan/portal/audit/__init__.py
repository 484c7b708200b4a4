"""What happened: a log that is only ever added to, every entry chained to the one before."""
