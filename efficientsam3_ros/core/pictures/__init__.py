"""Reading and drawing one picture: size limit, decoder, overlay of results."""
