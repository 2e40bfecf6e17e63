/**
 * poolifier's fixed pool without its events: every task goes to the worker at once.
 */
import { fileURLToPath } from "node:url"
import { FixedThreadPool, WorkerChoiceStrategies } from "poolifier"
import { fromPromises, type OpenRow, type Row, workerFile } from "./Row.ts"

const open = async (): Promise<OpenRow> => {
  const pool = new FixedThreadPool<{ readonly a: number; readonly b: number }, number>(
    1,
    fileURLToPath(workerFile("poolifier.mjs")),
    {
      enableEvents: false,
      enableTasksQueue: false,
      restartWorkerOnError: false,
      // this strategy reads no measurements, so workers take none
      workerChoiceStrategy: WorkerChoiceStrategies.ROUND_ROBIN
    }
  )
  return fromPromises(
    (a, b) => pool.execute({ a, b }),
    () => pool.destroy()
  )
}

/** poolifier, fixed pool. */
export const rows: ReadonlyArray<Row> = [{ name: "poolifier", group: "peer", open }]
