"""Many cases: shared out among processes, answered partition by partition, and written where a run can go on."""
