/**
 * A backend whose workers are simulated: the real host behind ports that live in this thread, so that thousands of
 * pools can be built, and a worker can be made to crash at any moment.
 */
import { AsyncLocalStorage } from "node:async_hooks"
import { setImmediate } from "node:timers"
import type { Channel, Worker, WorkerBackendShape, WorkerEvents } from "../../src/core/WorkerBackend.ts"
import type { Port } from "../../src/wire/Port.ts"
import type { Ambient, RunningCall } from "../../src/worker/Call.ts"
import { serve } from "../../src/worker/serve.ts"

type Listener = (event: { readonly data: unknown }) => void

/** Can what was posted not be read at the other end? */
type IsUnreadable = (message: unknown) => boolean

/** Two ends; what is posted to one is heard at the other in a later turn, in order, unless the line was cut. */
const line = (isUnreadable: IsUnreadable): { readonly ends: readonly [Port, Port]; readonly cut: () => void } => {
  let whole = true
  const make = (mine: Map<Listener, string>, others: Map<Listener, string>): Port => ({
    postMessage: (data) => {
      const event = isUnreadable(data)
        ? { type: "messageerror", data: new RangeError("Cannot read the message") }
        : { type: "message", data }
      setImmediate(() => {
        if (whole) for (const [listener, type] of others) if (type === event.type) listener(event)
      })
    },
    addEventListener: (type, listener) => void mine.set(listener, type),
    removeEventListener: (_type, listener) => void mine.delete(listener),
    close: () => {
      whole = false
    }
  })
  const [here, there] = [new Map<Listener, string>(), new Map<Listener, string>()]
  return {
    ends: [make(here, there), make(there, here)],
    cut: () => {
      whole = false
    }
  }
}

const storage = new AsyncLocalStorage<RunningCall>()
const ambient: Ambient = {
  current: () => storage.getStore(),
  run: (call, entry, self, args) => storage.run(call, () => entry.apply(self, args)),
  hold: () => undefined
}

/** What the test may do to workers, and know of them. */
export interface Simulation {
  readonly backend: WorkerBackendShape
  /** Workers that were started and have not ended. */
  readonly live: () => ReadonlyArray<number>
  /** The most that ever lived at once. */
  readonly peak: () => number
  readonly crash: (incarnation: number) => void
}

export const make = (cores: number, isUnreadable: IsUnreadable = () => false): Simulation => {
  const crashes = new Map<number, () => void>()
  const remotes = new WeakMap<Channel, { readonly port: Port; readonly cut: () => void }>()
  let peak = 0
  const makeChannel = (): Channel => {
    const {
      cut,
      ends: [port, remote]
    } = line(isUnreadable)
    const channel: Channel = { port, remote: undefined, onClose: () => undefined, drain: () => [], close: cut }
    remotes.set(channel, { port: remote, cut })
    return channel
  }
  const spawn = (options: { readonly incarnation: number }, channel: Channel, events: WorkerEvents): Worker => {
    const calls = remotes.get(channel)
    if (calls === undefined) throw new TypeError("Cannot spawn without a channel of this backend")
    const control = line(isUnreadable)
    const end = (code: number): void => {
      if (!crashes.delete(options.incarnation)) return
      control.cut()
      calls.cut()
      events.onExit({ _tag: "Exited", code, error: undefined })
    }
    crashes.set(options.incarnation, () => end(1))
    peak = Math.max(peak, crashes.size)
    serve({ port: control.ends[1], calls: calls.port, ambient, load: (href) => import(href) })
    return {
      control: control.ends[0],
      keepAlive: () => undefined,
      stop: () => setImmediate(() => end(0))
    }
  }
  return {
    backend: {
      runtime: "simulated",
      capabilities: {
        hardStop: true,
        resourceLimits: false,
        environment: false,
        console: false,
        isolated: true,
        givenWorkers: false,
        failedPostKeepsMoved: true
      },
      parallelism: cores,
      makeChannel,
      spawn
    },
    live: () => [...crashes.keys()],
    peak: () => peak,
    crash: (incarnation) => crashes.get(incarnation)?.()
  }
}
