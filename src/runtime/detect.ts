/** The name of the runtime that this program runs on. */
export const detect = (): "node" | "deno" | "bun" =>
  "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node"
