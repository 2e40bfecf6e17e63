/**
 * Workers in threads, and channels to them through `node:worker_threads`, which Node, Deno and Bun all have.
 *
 * The three runtimes' backends are this module with their own capabilities, bootstrap and kind of worker: of
 * `node:worker_threads` where nothing else will do, of the web where that starts in less than half the time.
 */
import * as os from "node:os"
import { MessageChannel, receiveMessageOnPort, SHARE_ENV, Worker } from "node:worker_threads"
import type { Capabilities, Channel, SpawnOptions, WorkerBackendShape, WorkerEvents } from "../core/WorkerBackend.ts"
import type * as Backend from "../core/WorkerBackend.ts"
import type { Port } from "../wire/Port.ts"
import * as NodePort from "./NodePort.ts"
import type { Runtime } from "./Runtime.ts"
import * as Uncaught from "./Uncaught.ts"
import * as WebWorker from "./WebWorker.ts"

/** What a bootstrap is told before anything is said. */
export interface BootData {
  readonly adapter: string
  readonly console: boolean
}

const makeChannel = (): Channel => {
  const { port1, port2 } = new MessageChannel()
  const drain = (): ReadonlyArray<unknown> => {
    const messages: Array<unknown> = []
    try {
      for (let next = receiveMessageOnPort(port1); next !== undefined; next = receiveMessageOnPort(port1)) {
        messages.push(next.message)
      }
    } catch {
      // Deno throws when the other end has closed the port, which a worker's end does
    }
    return messages
  }
  return {
    port: NodePort.make(port1, true),
    // moved as it is: a wrapper cannot be
    remote: port2 as unknown as Port,
    onClose: (listener) => port1.on("close", listener),
    drain,
    close: () => port1.close()
  }
}

const spawn =
  (runtime: Runtime) =>
  (options: SpawnOptions, channel: Channel, events: WorkerEvents): Backend.Worker => {
    const made: unknown = options.make === undefined ? runtime.make(options) : options.make()
    return made instanceof Worker
      ? watch(made, runtime.capabilities, events)
      : WebWorker.watch(made, channel, runtime.webWorkersClose, events)
  }

/** Makes workers of `node:worker_threads` that start with `bootstrap`, which is to call `boot`. */
export const threads =
  (bootstrap: URL) =>
  (options: SpawnOptions): Worker => {
    const workerData: BootData = {
      adapter: options.adapter,
      console: options.console
    }
    return new Worker(bootstrap, {
      name: options.name,
      workerData,
      env: options.env === undefined ? SHARE_ENV : { ...process.env, ...options.env },
      ...(options.resourceLimits === undefined ? {} : { resourceLimits: options.resourceLimits })
    })
  }

const watch = (worker: Worker, capabilities: Capabilities, events: WorkerEvents): Backend.Worker => {
  const uncaught = Uncaught.make()
  // all at once: an error without a listener would end the main side
  worker.on("error", uncaught.report)
  worker.on("message", uncaught.hear)
  worker.on("messageerror", events.onUnreadable)
  let lost = false
  worker.on("exit", (code) => {
    // where stopping does not stop a busy thread, the exit that is reported then is not its end
    if (!lost) events.onExit({ _tag: "Exited", code, error: uncaught.error() })
  })
  return {
    control: NodePort.make(worker),
    keepAlive: (alive) => (alive ? worker.ref() : worker.unref()),
    stop: (acknowledged) => {
      if (!acknowledged && !capabilities.hardStop) {
        lost = true
        events.onExit({ _tag: "Lost" })
      }
      void worker.terminate()
    }
  }
}

/** The backend of a runtime. */
export const backend = (runtime: Runtime): WorkerBackendShape => ({
  runtime: runtime.runtime,
  capabilities: runtime.capabilities,
  parallelism: os.availableParallelism(),
  spawn: spawn(runtime),
  makeChannel
})
