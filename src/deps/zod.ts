/** Declares and checks what mods take: https://zod.dev. */
export { z } from "npm:zod@4.6.7";
