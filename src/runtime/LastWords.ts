/**
 * The error that ends a worker.
 *
 * Deno and Bun tell the main side a text, or an error without its class, code and cause. So a worker there sends what
 * nobody has caught itself, before it ends (`Uncaught.ts` hears it). Node needs no help.
 */
import type { LastWords } from "../wire/Control.ts"
import { encode } from "../wire/EncodedError.ts"
import type { Port } from "../wire/Port.ts"

interface Scope {
  addEventListener(
    type: string,
    listener: (event: { readonly error?: unknown; readonly reason?: unknown }) => void
  ): void
}

/** From now on sends over `port` what nobody in this worker has caught, where the runtime would tell less. */
export const send = (port: Port): void => {
  // the scope of a worker, which only a tsconfig of its own would know
  const scope = globalThis as unknown as Partial<Scope>
  const tell = (thrown: unknown): void => {
    const words: LastWords = { _tag: "LastWords", error: encode(thrown) }
    port.postMessage(words)
  }
  scope.addEventListener?.("error", ({ error }) => tell(error))
  scope.addEventListener?.("unhandledrejection", ({ reason }) => tell(reason))
}
