"""What revision 0001 made, frozen: later changes are revisions of their own."""
