"""What each question is answered with: plain functions of a cursor over one state of the database."""
