"""How fast and how well the engine plans, beside greedy, PuLP with CBC, and CP-SAT."""
