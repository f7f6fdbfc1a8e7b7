"""Users, roles by post and scope, sessions, and the audit trail."""
