/**
 * `postMessage` with one message per call and one per result: what a single call costs at least.
 */
import { Worker } from "node:worker_threads"
import { fromPromises, type OpenRow, type Row, workerFile } from "./Row.ts"

const open = async (): Promise<OpenRow> => {
  const worker = new Worker(workerFile("raw.mjs"))
  const waiting = new Map<number, (result: number) => void>()
  let lastId = 0
  worker.on("message", ([id, result]: [number, number]) => {
    const resolve = waiting.get(id)
    waiting.delete(id)
    resolve?.(result)
  })
  return fromPromises(
    (a, b) =>
      new Promise<number>((resolve) => {
        const id = ++lastId
        waiting.set(id, resolve)
        worker.postMessage([id, a, b])
      }),
    async () => void (await worker.terminate())
  )
}

/** One message per call. */
export const rows: ReadonlyArray<Row> = [{ name: "raw postMessage", group: "raw", open }]
