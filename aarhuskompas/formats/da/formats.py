DATETIME_FORMAT = r"j. F Y \k\l. H.i"
TIME_FORMAT = "H.i"
CLOCK_FORMAT = "H.i.s"
