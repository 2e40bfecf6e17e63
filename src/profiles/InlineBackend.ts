/**
 * Workers in the thread of their caller.
 *
 * The same host speaks the same frames over a real message channel, so arguments are cloned, methods run
 * asynchronously and calls are claimed as in a thread. What only a thread of its own can give is missing, and said so
 * in the capabilities: a method that spins, exits or crashes does that to the whole program.
 */
import { AsyncLocalStorage } from "node:async_hooks"
import type {
  Capabilities,
  Channel,
  SpawnOptions,
  Worker,
  WorkerBackendShape,
  WorkerEvents
} from "../core/WorkerBackend.ts"
import type { Port } from "../wire/Port.ts"
import type { Ambient, RunningCall } from "../worker/Call.ts"
import { serve } from "../worker/serve.ts"

/** What the caller's own thread can do. */
export const capabilities = (runtime: WorkerBackendShape): Capabilities => ({
  hardStop: false,
  resourceLimits: false,
  environment: false,
  console: false,
  isolated: false,
  givenWorkers: false,
  failedPostKeepsMoved: runtime.capabilities.failedPostKeepsMoved
})

/** Calls of other actors interleave on this thread, so the current one follows the asynchronous context. */
const followingContext = (): Ambient => {
  const storage = new AsyncLocalStorage<RunningCall>()
  return {
    current: () => storage.getStore(),
    run: (call, entry, self, args) => storage.run(call, () => entry.apply(self, args)),
    hold: () => undefined
  }
}

/** Milliseconds of the longest timer. */
const longest = 2 ** 31 - 1

let shared: Ambient | undefined

/** Makes workers in place; channels are the runtime's. */
export const make = (runtime: WorkerBackendShape): WorkerBackendShape => {
  // a port that was moved within one thread keeps Deno's process alive whatever is done about it, so none is moved
  const remotes = new WeakMap<Channel, Port>()

  const makeChannel = (): Channel => {
    const channel = runtime.makeChannel()
    const here: Channel = { ...channel, remote: undefined }
    if (channel.remote !== undefined) remotes.set(here, channel.remote)
    return here
  }

  const spawn = (options: SpawnOptions, channel: Channel, events: WorkerEvents): Worker => {
    const calls = remotes.get(channel)
    const control = runtime.makeChannel()
    if (calls === undefined || control.remote === undefined) {
      throw new TypeError("Cannot work inline: the channels of this runtime have no second end")
    }
    shared ??= followingContext()
    const load = options.module ?? ((href: string): Promise<unknown> => import(href))
    serve({ port: control.remote, calls, ambient: shared, background: true, load })
    let holding: ReturnType<typeof setInterval> | undefined
    return {
      control: control.port,
      keepAlive: (alive) => {
        clearInterval(holding)
        holding = alive ? setInterval(() => undefined, longest) : undefined
      },
      stop: (acknowledged) => {
        clearInterval(holding)
        control.close()
        // a method that runs cannot be taken off this thread
        events.onExit(acknowledged ? { _tag: "Exited", code: 0, error: undefined } : { _tag: "Lost" })
      }
    }
  }

  return {
    runtime: `${runtime.runtime}, inline`,
    capabilities: capabilities(runtime),
    parallelism: 1,
    makeChannel,
    spawn
  }
}
