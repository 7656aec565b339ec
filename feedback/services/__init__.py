"""What may be done with results and feedback: weighing, publishing, answering, adding."""
