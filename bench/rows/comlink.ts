/**
 * Comlink on the worker itself, as its documentation shows for Node.
 */
import { Worker } from "node:worker_threads"
import * as Comlink from "comlink"
import nodeEndpoint from "comlink/dist/esm/node-adapter.mjs"
import { fromPromises, type OpenRow, type Row, workerFile } from "./Row.ts"

const open = async (): Promise<OpenRow> => {
  const worker = new Worker(workerFile("comlink.mjs"))
  const counter = Comlink.wrap<{ readonly add: (a: number, b: number) => number }>(nodeEndpoint(worker))
  return fromPromises(
    (a, b) => counter.add(a, b),
    async () => void (await worker.terminate())
  )
}

/** Plain Comlink. */
export const rows: ReadonlyArray<Row> = [{ name: "comlink", group: "peer", open }]
