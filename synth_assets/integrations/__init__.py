"""Where Dagster, DVC and MLflow meet the rooms: the only place that imports them."""
