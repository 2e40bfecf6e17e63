/**
 * What a worker of `node:worker_threads` of troupe's own starts with: serves the main side on the thread's own port.
 */
import { type MessagePort, parentPort, workerData } from "node:worker_threads"
import * as ConsoleCapture from "../worker/ConsoleCapture.ts"
import type { EventLoop } from "../worker/Nap.ts"
import { serve } from "../worker/serve.ts"
import { format } from "./format.ts"
import * as LastWords from "./LastWords.ts"
import * as NodePort from "./NodePort.ts"
import type { BootData } from "./WorkerThreads.ts"

/** Begins to load the adapter, and serves; takes naps where the runtime tells about its event loop. */
export const boot = (loop?: EventLoop): void => {
  if (parentPort === null) throw new Error("Cannot serve an actor on the main thread: this module starts workers")
  const { adapter, console } = workerData as BootData // given by WorkerThreads
  const capture = console ? ConsoleCapture.install(format) : undefined
  const module = import(adapter)
  // whoever waits for the module is told; until then nobody may be
  module.catch(() => undefined)
  const port = NodePort.make(parentPort)
  LastWords.send(port)
  serve({
    port,
    // what `WorkerThreads` has moved here
    adopt: (port) => NodePort.make(port as unknown as MessagePort),
    capture: () => capture,
    ...(loop === undefined ? {} : { loop }),
    load: () => module
  })
}
