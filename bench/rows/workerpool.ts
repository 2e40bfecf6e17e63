/**
 * workerpool with one thread.
 */
import { fileURLToPath } from "node:url"
import workerpool from "workerpool"
import { fromPromises, type OpenRow, type Row, workerFile } from "./Row.ts"

const open = async (): Promise<OpenRow> => {
  const pool = workerpool.pool(fileURLToPath(workerFile("workerpool.mjs")), {
    minWorkers: 1,
    maxWorkers: 1,
    workerType: "thread"
  })
  return fromPromises(
    (a, b) => pool.exec("add", [a, b]),
    async () => void (await pool.terminate(true))
  )
}

/** workerpool, threads. */
export const rows: ReadonlyArray<Row> = [{ name: "workerpool", group: "peer", open }]
