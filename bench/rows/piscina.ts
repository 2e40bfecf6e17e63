/**
 * piscina, as it comes and tuned: many tasks per worker, no timing records, and each of its ways to wake a worker.
 */
import { fileURLToPath } from "node:url"
import { Piscina } from "piscina"
import { fromPromises, type OpenRow, type Row, workerFile } from "./Row.ts"

type Options = NonNullable<ConstructorParameters<typeof Piscina>[0]>

const open = (options: Options) => async (): Promise<OpenRow> => {
  const pool = new Piscina<{ readonly a: number; readonly b: number }, number>({
    filename: fileURLToPath(workerFile("piscina.mjs")),
    minThreads: 1,
    maxThreads: 1,
    ...options
  })
  return fromPromises(
    (a, b) => pool.run({ a, b }),
    () => pool.destroy()
  )
}

const tuned = (atomics: "sync" | "async" | "disabled"): Row => ({
  name: `piscina tuned, atomics ${atomics}`,
  group: "peer",
  open: open({ concurrentTasksPerWorker: 1000, recordTiming: false, atomics })
})

/** piscina as it comes, and its fastest settings. */
export const rows: ReadonlyArray<Row> = [
  { name: "piscina as it comes", group: "peer", open: open({}) },
  tuned("sync"),
  tuned("async"),
  tuned("disabled")
]
