/**
 * Workers and ports of the web, made by somebody else.
 *
 * Each tells of its end in its own way: Bun by a `close` event; Deno by nothing but an error that nobody caught, so
 * there the channel of the calls, which closes with its worker, is watched as well.
 */
import type { Capabilities, Channel, WorkerEvents } from "../core/WorkerBackend.ts"
import type * as Backend from "../core/WorkerBackend.ts"
import type { Port } from "../wire/Port.ts"

/** What a `Worker` and a `MessagePort` of the web have, as far as a runtime has it. */
interface Given extends Port {
  terminate?(): void
  ref?(): void
}

interface ErrorLike {
  readonly data: unknown
  readonly error?: unknown
  readonly message?: unknown
  preventDefault?(): void
}

const isGiven = (value: unknown): value is Given => {
  if (typeof value !== "object" || value === null) return false
  const { addEventListener, close, postMessage, terminate } = value as Partial<Given> // looked at before use
  return [postMessage, addEventListener, terminate ?? close].every((method) => typeof method === "function")
}

const describe = (value: unknown): string =>
  typeof value === "object" && value !== null ? `an object of the class ${value.constructor?.name}` : typeof value

/** Watches `given`, which ought to be a worker or a port. Throws a `TypeError` otherwise. */
export const watch = (
  given: unknown,
  channel: Channel,
  capabilities: Capabilities,
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
  const exited = (error: unknown): void => end({ _tag: "Exited", code: undefined, error })
  given.addEventListener("error", (event: ErrorLike) => {
    // on Deno an error of a worker that nobody looks after ends the main side
    event.preventDefault?.()
    exited(event.error ?? event.message)
    given.terminate?.()
  })
  given.addEventListener("messageerror", ({ data }) => events.onUnreadable(data))
  given.addEventListener("close", () => exited(undefined))
  channel.onClose(() => exited(undefined))
  return {
    control: given,
    keepAlive: (alive) => (alive ? given.ref?.() : given.unref?.()),
    stop: (acknowledged) => {
      if (given.terminate === undefined) given.close?.()
      else given.terminate()
      if (acknowledged || given.terminate === undefined) exited(undefined)
      // else a close event follows
      else if (!capabilities.hardStop) end({ _tag: "Lost" })
    }
  }
}
