/**
 * Workers in the thread of their caller.
 *
 * The same host speaks the same frames over a real message channel, so arguments are cloned, methods run
 * asynchronously and calls are claimed as in a thread. What only a thread of its own can give is missing, and said so
 * in the capabilities: a method that spins, exits or crashes does that to the whole program.
 */
import { AsyncLocalStorage } from "node:async_hooks"
import type { Capabilities, Worker, WorkerBackendShape, WorkerEvents } from "../core/WorkerBackend.ts"
import { type Ambient, perThread, type RunningCall } from "../worker/Call.ts"
import { serve } from "../worker/serve.ts"

/** What the caller's own thread can do. */
export const capabilities = (runtime: WorkerBackendShape): Capabilities => ({
  hardStop: false,
  resourceLimits: false,
  environment: false,
  console: false,
  isolated: false,
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

const spawn = (runtime: WorkerBackendShape, events: WorkerEvents): Worker => {
  const channel = runtime.makeChannel()
  const ambient = (shared ??= typeof AsyncLocalStorage === "function" ? followingContext() : perThread())
  serve({ port: channel.remote, ambient, background: true })
  let holding: ReturnType<typeof setInterval> | undefined
  return {
    control: channel.port,
    keepAlive: (alive) => {
      clearInterval(holding)
      holding = alive ? setInterval(() => undefined, longest) : undefined
    },
    stop: (acknowledged) => {
      clearInterval(holding)
      channel.close()
      // a method that runs cannot be taken off this thread
      events.onExit(acknowledged ? { _tag: "Exited", code: 0, error: undefined } : { _tag: "Lost" })
    }
  }
}

/** Makes workers in place; channels are the runtime's. */
export const make = (runtime: WorkerBackendShape): WorkerBackendShape => ({
  runtime: `${runtime.runtime}, inline`,
  capabilities: capabilities(runtime),
  parallelism: 1,
  makeChannel: runtime.makeChannel,
  spawn: (_options, events) => spawn(runtime, events)
})
