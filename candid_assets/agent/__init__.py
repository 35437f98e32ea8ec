"""Works as the agent does: tasks, heartbeat, GraphQL client, activity log, MCP server."""
