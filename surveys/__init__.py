"""WHAT is asked: commissions, questionnaires, waves, answering, fieldwork."""
