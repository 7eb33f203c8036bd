"""What to think of messages about refunds, disputes and the paybill. Importing a module registers it with the inbox."""
