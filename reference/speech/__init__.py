"""Speech in, speech out: recogniser, translator and synthesiser, each a port with its engines."""
