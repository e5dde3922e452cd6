/** Reads one variable: the record of permissions must show it, or it would show nothing. */
Deno.env.get("LOG_LEVEL");
