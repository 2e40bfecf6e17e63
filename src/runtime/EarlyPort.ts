/**
 * A port that keeps what arrives before anybody listens.
 *
 * Deno, and Bun in web workers, drop what arrives while a worker's modules still wait at their top level; Node keeps it.
 */
import type { Port } from "../wire/Port.ts"

type Listener = Parameters<Port["addEventListener"]>[1]

/** Listens to `port` from now on; the first listener is given what has come by then. */
export const make = (port: Port): Port => {
  let kept: Array<Parameters<Listener>[0]> | undefined = []
  const keep: Listener = (event) => kept?.push(event)
  port.addEventListener("message", keep)
  port.start?.()
  return {
    postMessage: (message, transfer) => port.postMessage(message, transfer),
    addEventListener: (type, listener) => {
      port.addEventListener(type, listener)
      if (type !== "message" || kept === undefined) return
      port.removeEventListener(type, keep)
      const early = kept
      kept = undefined
      for (const event of early) listener(event)
    },
    removeEventListener: (type, listener) => port.removeEventListener(type, listener)
  }
}
