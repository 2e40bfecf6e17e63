/**
 * Shared cells by which a test and the methods that it calls tell each other what has happened, whichever thread they
 * are in.
 */

/** Words of shared memory, all 0 at first. */
export type Board = Int32Array

/** What each word counts. */
export const cell = {
  entered: 0,
  released: 1,
  left: 2,
  running: 3,
  peak: 4,
  aborted: 5,
  cancelled: 6,
  touched: 7,
  produced: 8,
  finalised: 9,
  setUps: 10,
  disposals: 11,
  localsMade: 12,
  localsDisposed: 13
} as const

export type Cell = keyof typeof cell

export const make = (): Board => new Int32Array(new SharedArrayBuffer(64))

export const read = (board: Board, name: Cell): number => Atomics.load(board, cell[name])

/** Counts one up and returns the new count. */
export const add = (board: Board, name: Cell, count = 1): number => Atomics.add(board, cell[name], count) + count

/** Completes when the cell has reached `least`; fails, so that nothing hangs, when that takes longer than 20 seconds. */
export const until = async (board: Board, name: Cell, least: number): Promise<void> => {
  const giveUp = performance.now() + 20_000
  while (read(board, name) < least) {
    if (performance.now() > giveUp) throw new Error(`Gave up waiting for ${name} ${least}: it is ${read(board, name)}`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}
