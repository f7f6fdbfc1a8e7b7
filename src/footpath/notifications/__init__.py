"""What people are told: one outbox, their own choice of channels, one digest a day."""
