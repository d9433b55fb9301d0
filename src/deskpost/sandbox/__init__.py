"""The mail world around Deskpost for trials: mail servers, people who write, and the demo that plays them."""
