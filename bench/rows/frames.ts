/**
 * `postMessage` of flat batches: all calls that are ready in a turn travel as one array, and so do their results. This is
 * the most that calls over `postMessage` can reach, with callers that await each result.
 */
import { Worker } from "node:worker_threads"
import { fromPromises, type OpenRow, type Row, workerFile } from "./Row.ts"

const open = async (): Promise<OpenRow> => {
  const worker = new Worker(workerFile("frames.mjs"))
  const waiting = new Map<number, (result: number) => void>()
  let lastId = 0
  let frame: Array<number> = []
  const flush = (): void => {
    worker.postMessage(frame)
    frame = []
  }
  worker.on("message", (answers: ReadonlyArray<number>) => {
    for (let i = 0; i < answers.length; i += 2) {
      const id = answers[i] as number // the worker answers in pairs
      const resolve = waiting.get(id)
      waiting.delete(id)
      resolve?.(answers[i + 1] as number)
    }
  })
  return fromPromises(
    (a, b) =>
      new Promise<number>((resolve) => {
        const id = ++lastId
        waiting.set(id, resolve)
        // callers that were answered by one frame go on in the microtasks after it: wait for all of them
        if (frame.length === 0) setImmediate(flush)
        frame.push(id, a, b)
      }),
    async () => void (await worker.terminate())
  )
}

/** One message per turn. */
export const rows: ReadonlyArray<Row> = [{ name: "raw batched frames", group: "ceiling", open }]
