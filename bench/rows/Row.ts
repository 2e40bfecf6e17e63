/**
 * What every way of calling a worker looks like to the benchmark.
 */

/** What a row stands for: a yardstick, a library to compare with, or troupe itself. */
export type Group = "raw" | "ceiling" | "peer" | "troupe" | "information"

/** One worker that can be called. Both runs resolve to the sum of all results. */
export interface OpenRow {
  /** Makes `calls` calls `add(n, 1)`, n from 0 on, of which `inFlight` are under way at any time. */
  readonly pipelined: (calls: number, inFlight: number) => Promise<number>
  /** Makes `calls` calls `add(n, 1)`, n from 0 on, each after the result of the one before. */
  readonly roundtrip: (calls: number) => Promise<number>
  /** Ends the worker. */
  readonly close: () => Promise<void>
}

/** A way of calling a worker. */
export interface Row {
  readonly name: string
  readonly group: Group
  /** Starts one worker, and resolves when it can be called. */
  readonly open: () => Promise<OpenRow>
}

/** What calls that return promises need: one call. */
export type Add = (a: number, b: number) => PromiseLike<number>

const roundtrip = async (add: Add, calls: number): Promise<number> => {
  let sum = 0
  for (let n = 0; n < calls; n++) sum += await add(n, 1)
  return sum
}

const pipelined = async (add: Add, calls: number, inFlight: number): Promise<number> => {
  let next = 0
  const caller = async (): Promise<number> => {
    let sum = 0
    while (next < calls) sum += await add(next++, 1)
    return sum
  }
  const sums = await Promise.all(Array.from({ length: inFlight }, caller))
  return sums.reduce((a, b) => a + b, 0)
}

/** The same callers for everything that returns promises: `inFlight` asynchronous loops, each awaiting its next call. */
export const fromPromises = (add: Add, close: () => Promise<void>): OpenRow => ({
  pipelined: (calls, inFlight) => pipelined(add, calls, inFlight),
  roundtrip: (calls) => roundtrip(add, calls),
  close
})

/** Address of a worker file. */
export const workerFile = (name: string): URL => new URL(`../workers/${name}`, import.meta.url)
