/**
 * tinypool with one thread, as it comes and with many tasks per worker. It takes piscina's worker files.
 */
import Tinypool from "tinypool"
import { fromPromises, type OpenRow, type Row, workerFile } from "./Row.ts"

const open = (concurrentTasksPerWorker: number) => async (): Promise<OpenRow> => {
  const pool = new Tinypool({
    filename: workerFile("piscina.mjs").href,
    minThreads: 1,
    maxThreads: 1,
    concurrentTasksPerWorker
  })
  return fromPromises(
    // its tasks answer with whatever the worker's function returns
    (a, b) => pool.run({ a, b }) as Promise<number>,
    async () => void (await pool.destroy())
  )
}

/** tinypool as it comes, and with 1000 tasks at once in the worker. */
export const rows: ReadonlyArray<Row> = [
  { name: "tinypool as it comes", group: "peer", open: open(1) },
  { name: "tinypool, 1000 tasks per worker", group: "peer", open: open(1000) }
]
