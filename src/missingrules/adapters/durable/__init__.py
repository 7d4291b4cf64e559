"""Conclusions and guards for durable_rules, an engine of others: beside the answers, and never in their way."""
