"""Pictures of a TriggerGraph: one file a format, `render(graph) -> str`."""
