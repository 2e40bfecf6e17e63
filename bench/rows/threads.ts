/**
 * threads.js with one thread, which is no pool: every call goes to the worker at once.
 */
import { spawn, Thread, Worker } from "threads"
import { fromPromises, type OpenRow, type Row } from "./Row.ts"

// it takes an address as one beside this file, and no URL
const open = async (): Promise<OpenRow> => {
  const thread = await spawn<{ add(a: number, b: number): number }>(new Worker("../workers/threads.mjs"))
  return fromPromises(
    (a, b) => thread.add(a, b),
    () => Thread.terminate(thread)
  )
}

/** threads.js. */
export const rows: ReadonlyArray<Row> = [{ name: "threads.js", group: "peer", open }]
