/**
 * Workers and ports of the web: Bun's own, and those that a program has made.
 *
 * Each tells of its end in its own way: Bun by a `close` event; Deno by nothing but an error that nobody caught, so
 * there the channel of the calls, which closes with its worker, is watched as well.
 */
import type { Channel, WorkerEvents } from "../core/WorkerBackend.ts"
import type * as Backend from "../core/WorkerBackend.ts"
import type { Port } from "../wire/Port.ts"
import * as Uncaught from "./Uncaught.ts"

/** What a `Worker` and a `MessagePort` of the web have, as far as a runtime has it. */
interface Given extends Port {
  terminate?(): void
  ref?(): void
}

interface EventLike {
  readonly data: unknown
  readonly error?: unknown
  readonly message?: unknown
  readonly code?: number
  preventDefault?(): void
}

const isGiven = (value: unknown): value is Given => {
  if (typeof value !== "object" || value === null) return false
  const { addEventListener, close, postMessage, terminate } = value as Partial<Given> // looked at before use
  return [postMessage, addEventListener, terminate ?? close].every((method) => typeof method === "function")
}

const describe = (value: unknown): string =>
  typeof value === "object" && value !== null ? `an object of the class ${value.constructor?.name}` : typeof value

/**
 * Watches `given`, which ought to be a worker or a port, and throws a `TypeError` otherwise. With `webWorkersClose` every
 * worker of the web that ends is followed by a `close` event.
 */
export const watch = (
  given: unknown,
  channel: Channel,
  webWorkersClose: boolean,
  events: WorkerEvents
): Backend.Worker => {
  if (!isGiven(given)) {
    throw new TypeError(`Cannot use what the factory has made: expected a Worker, received ${describe(given)}`)
  }
  let over = false
  const end = (exit: Backend.WorkerExit): void => {
    if (over) return
    over = true
    events.onExit(exit)
  }
  const uncaught = Uncaught.make()
  const exited = (code?: number): void => end({ _tag: "Exited", code, error: uncaught.error() })
  given.addEventListener("error", (event: EventLike) => {
    // on Deno an error of a worker that nobody looks after ends the main side
    event.preventDefault?.()
    uncaught.report(event.error ?? event.message)
    if (webWorkersClose) return
    exited()
    given.terminate?.()
  })
  given.addEventListener("message", ({ data }) => uncaught.hear(data))
  given.addEventListener("messageerror", ({ data }) => events.onUnreadable(data))
  given.addEventListener("close", ({ code }: EventLike) => exited(code))
  if (!webWorkersClose) channel.onClose(() => exited())
  return {
    control: given,
    keepAlive: (alive) => (alive ? given.ref?.() : given.unref?.()),
    stop: (acknowledged) => {
      if (given.terminate === undefined) {
        given.close?.()
        exited()
        return
      }
      given.terminate()
      if (webWorkersClose) return
      // nothing tells whether the thread has ended; one that listens will
      if (acknowledged) exited()
      else end({ _tag: "Lost" })
    }
  }
}
