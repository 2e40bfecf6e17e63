/**
 * What the model of the pool and the methods that it calls share.
 */

export type Ledger = SharedArrayBuffer

/** The most calls of one run. */
export const maxCalls = 128

const lives = 1024

export const makeLedger = (): Ledger => new SharedArrayBuffer(4 * (2 * maxCalls + 2 * lives + 1))

export const cells = (ledger: Ledger) => ({
  /** How often each call's method has begun. */
  started: new Int32Array(ledger, 0, maxCalls),
  /** Calls that may end. */
  released: new Int32Array(ledger, 4 * maxCalls, maxCalls),
  /** Calls that run in each life of a worker. */
  running: new Int32Array(ledger, 8 * maxCalls, lives),
  /** Lives that have ended. */
  crashed: new Int32Array(ledger, 8 * maxCalls + 4 * lives, lives),
  /** The most that ever ran in one. */
  peak: new Int32Array(ledger, 8 * maxCalls + 8 * lives, 1)
})
