/**
 * Workers in threads through `node:worker_threads`, which Node, Deno and Bun all have.
 *
 * The three runtimes' backends are this module with their own capabilities and bootstrap. Their own web `Worker`s are
 * no alternative: on Deno one does not tell that it has ended.
 */
import * as os from "node:os"
import { MessageChannel, receiveMessageOnPort, SHARE_ENV, Worker } from "node:worker_threads"
import type { Capabilities, Channel, SpawnOptions, WorkerBackendShape, WorkerEvents } from "../core/WorkerBackend.ts"
import type * as Backend from "../core/WorkerBackend.ts"
import type { Port } from "../wire/Port.ts"
import * as NodePort from "./NodePort.ts"
import * as WebWorker from "./WebWorker.ts"

/** What a runtime adds. */
export interface Runtime {
  readonly runtime: string
  /** The module that a worker of this runtime starts with. */
  readonly bootstrap: URL
  readonly capabilities: Capabilities
}

/** What a bootstrap is told before anything is said. */
export interface BootData {
  readonly incarnation: number
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
    if (options.make === undefined) return watch(make(runtime, options), runtime.capabilities, events)
    const given: unknown = options.make()
    if (given instanceof Worker) return watch(given, runtime.capabilities, events)
    return WebWorker.watch(given, channel, runtime.capabilities, events)
  }

const make = ({ bootstrap }: Runtime, options: SpawnOptions): Worker => {
  const workerData: BootData = {
    incarnation: options.incarnation,
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
  let uncaught: unknown
  // all three at once: an error without a listener would end the main side
  worker.on("error", (error) => {
    uncaught = error
  })
  worker.on("messageerror", events.onUnreadable)
  let lost = false
  worker.on("exit", (code) => {
    // where stopping does not stop a busy thread, the exit that is reported then is not its end
    if (!lost) events.onExit({ _tag: "Exited", code, error: uncaught })
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
