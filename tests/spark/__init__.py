"""Children answered on Spark are answered as on one machine."""
