"""What to ask next: public arithmetic on answers that were paid for, and the protocol it asks through."""
