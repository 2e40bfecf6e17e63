/**
 * What every worker thread starts with, on every runtime: serves the main side on the thread's own port.
 */
import { type MessagePort, parentPort, workerData } from "node:worker_threads"
import * as ConsoleCapture from "../worker/ConsoleCapture.ts"
import { serve } from "../worker/serve.ts"
import * as NodePort from "./NodePort.ts"
import type { BootData } from "./WorkerThreads.ts"

/** Formats as the runtime's console does; loaded when something is first printed, since most workers never print. */
const format = (...args: Array<unknown>): string => process.getBuiltinModule("node:util").format(...args)

/** Begins to load the adapter, and serves. */
export const boot = (): void => {
  if (parentPort === null) throw new Error("Cannot serve an actor on the main thread: this module starts workers")
  const { adapter, console, incarnation } = workerData as BootData // given by WorkerThreads
  const capture = console ? ConsoleCapture.install(incarnation, format) : undefined
  const module = import(adapter)
  // whoever waits for the module is told; until then nobody may be
  module.catch(() => undefined)
  serve({
    port: NodePort.make(parentPort),
    // what `WorkerThreads` has moved here
    adopt: (port) => NodePort.make(port as unknown as MessagePort),
    capture,
    preloaded: { href: adapter, module }
  })
}
