"""What a contract begins as: a draft of what is public, with an open question wherever only a person knows."""
