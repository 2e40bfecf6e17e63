/**
 * Workers in threads through `node:worker_threads`, which Node, Deno and Bun all have.
 *
 * The three runtimes' backends are this module with their own capabilities and bootstrap. Their own web `Worker`s are
 * no alternative: on Deno one does not tell that it has ended.
 */
import * as os from "node:os"
import { MessageChannel, receiveMessageOnPort, SHARE_ENV, type Transferable, Worker } from "node:worker_threads"
import type { Capabilities, Channel, SpawnOptions, WorkerBackendShape, WorkerEvents } from "../core/WorkerBackend.ts"
import type * as Backend from "../core/WorkerBackend.ts"
import type { Port, Transferred } from "../wire/Port.ts"

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
  // node's own port types name event classes; the wire only uses `data`
  const port = port1 as unknown as Port
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
    port: {
      postMessage: (message, transfer) => port1.postMessage(message, transferList(transfer)),
      // to listen refs a port, and so does to start it
      addEventListener: (type, listener) => {
        port.addEventListener(type, listener)
        port1.unref()
      },
      removeEventListener: (type, listener) => port.removeEventListener(type, listener),
      start: () => {
        port1.start()
        port1.unref()
      }
    },
    // as above
    remote: port2 as unknown as Port,
    drain,
    close: () => port1.close()
  }
}

/** The worker's own channel as a port; its `Worker` object speaks node's events only. */
const controlOf = (worker: Worker): Port => {
  const listeners = new Map<(event: { readonly data: unknown }) => void, (data: unknown) => void>()
  return {
    postMessage: (message, transfer) => worker.postMessage(message, transferList(transfer)),
    addEventListener: (type, listener) => {
      const unwrapped = (data: unknown): void => listener({ data })
      listeners.set(listener, unwrapped)
      worker.on(type, unwrapped)
    },
    removeEventListener: (type, listener) => {
      const unwrapped = listeners.get(listener)
      if (unwrapped !== undefined) worker.off(type, unwrapped)
      listeners.delete(listener)
    }
  }
}

// the wire knows transferables structurally, node by a union of classes
const transferList = (transfer: ReadonlyArray<Transferred> | undefined): ReadonlyArray<Transferable> | undefined =>
  transfer as ReadonlyArray<Transferable> | undefined

const spawn =
  ({ bootstrap, capabilities }: Runtime) =>
  (options: SpawnOptions, _channel: Channel, events: WorkerEvents): Backend.Worker => {
    const workerData: BootData = {
      incarnation: options.incarnation,
      adapter: options.adapter,
      console: options.console
    }
    const worker = new Worker(bootstrap, {
      name: options.name,
      workerData,
      env: options.env === undefined ? SHARE_ENV : { ...process.env, ...options.env },
      ...(options.resourceLimits === undefined ? {} : { resourceLimits: options.resourceLimits })
    })
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
      control: controlOf(worker),
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
export const make = (runtime: Runtime): WorkerBackendShape => ({
  runtime: runtime.runtime,
  capabilities: runtime.capabilities,
  parallelism: os.availableParallelism(),
  spawn: spawn(runtime),
  makeChannel
})
