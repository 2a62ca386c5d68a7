"""Simulation of freight on the Middle Corridor: places, railways, ferries, queues and demand growth."""
