"""The pages of meetings, one file per noun."""
