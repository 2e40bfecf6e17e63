/**
 * The control functions over Comlink.
 */
import * as Comlink from "comlink"
import { type Control, names } from "../wire/Control.ts"
import * as GuardedEndpoint from "../wire/GuardedEndpoint.ts"
import type { Port } from "../wire/Port.ts"

export interface Exposed {
  /** Takes one message of the main side. */
  readonly hear: (message: unknown) => void
  /** Messages refused so far. */
  readonly refused: () => number
}

/** Exposes `control`; answers leave by `port`, whose messages somebody else hears first. */
export const expose = (control: Control, port: Port): Exposed => {
  let listener: ((event: { readonly data: unknown }) => void) | undefined
  const guarded = GuardedEndpoint.make(
    {
      postMessage: (message, transfer) => port.postMessage(message, transfer),
      addEventListener: (_type, added) => {
        listener = added
      },
      removeEventListener: () => {
        listener = undefined
      }
    },
    "answers",
    names
  )
  // Comlink's endpoint names the DOM's listener types; the guard is a structural match for the part that it uses
  Comlink.expose(Object.assign(Object.create(null), control), guarded as unknown as Comlink.Endpoint)
  return { hear: (message) => listener?.({ data: message }), refused: guarded.refused }
}
