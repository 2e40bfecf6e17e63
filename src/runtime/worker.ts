/**
 * Serves an adapter in a worker that somebody else starts: for bundlers, which follow
 * `new Worker(new URL("./greeter.worker.ts", import.meta.url))` but no address in an option.
 *
 * **Example** (The module of a worker)
 *
 * ```ts
 * import { serve } from "troupe/worker"
 * import greeter from "./greeter.adapter.ts"
 *
 * export const start = () => serve(greeter) // a worker's module calls it at once
 * ```
 */
import { type MessagePort, parentPort } from "node:worker_threads"
import * as NodeLoop from "../runtime-node/NodeLoop.ts"
import type { Port } from "../wire/Port.ts"
import type * as Adapter from "../worker/Adapter.ts"
import * as ConsoleCapture from "../worker/ConsoleCapture.ts"
import * as Serve from "../worker/serve.ts"
import { detect } from "./detect.ts"
import * as EarlyPort from "./EarlyPort.ts"
import { format } from "./format.ts"
import * as LastWords from "./LastWords.ts"
import * as NodePort from "./NodePort.ts"

/** A worker of the web on a runtime where `node:worker_threads` knows nothing of it. */
const scopeOf = (global: object): Port | undefined =>
  // its scope is its port to the main side
  "WorkerGlobalScope" in global && "postMessage" in global ? (global as unknown as Port) : undefined

const adopt = (port: Port): Port =>
  // moved between threads of node:worker_threads, where it has listeners of Node's kind
  "on" in port ? NodePort.make(port as unknown as MessagePort) : port

const portOf = (): Port | undefined => {
  const port = parentPort === null ? scopeOf(globalThis) : NodePort.make(parentPort)
  // the scope of a worker has events where messages do not wait for a listener
  return port !== undefined && "addEventListener" in globalThis ? EarlyPort.make(port) : port
}

// now, because the adapter's module may await something at its top level before `serve` is called
const port = portOf()

/**
 * Answers the actor that has started this worker, for as long as the worker lives. To be called once, by the module
 * that the worker starts with; modules may await at their top level before. Throws an `Error` on the main thread.
 */
export const serve = (adapter: Adapter.Any): void => {
  if (port === undefined) {
    throw new Error("Cannot serve an adapter on the main thread: let new Worker(...) load the module that calls serve")
  }
  LastWords.send(port)
  Serve.serve({
    port,
    adopt,
    ...(detect() === "node" ? { loop: NodeLoop } : {}),
    capture: (request) => (request.console ? ConsoleCapture.install(format) : undefined),
    load: () => Promise.resolve({ default: adapter })
  })
}
