"""Which query comes next: public arithmetic on paid answers, and the protocol that makes the draws."""
