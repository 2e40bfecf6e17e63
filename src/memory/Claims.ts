/**
 * Who owns a message: one cell of shared memory per message on its way to a worker.
 *
 * The worker moves a cell from `unstarted` to `started` before it runs the method; the main side moves it from
 * `unstarted` to `revoked` before it gives the message to another worker. Both are one compare-and-exchange on one
 * word, so exactly one of them wins, and a message that was revoked can never run - not even in a thread that goes on
 * after the runtime has reported its exit (Deno 2.9 does that), because such a thread still has to win the cell.
 *
 * A cell is used again for later messages. Its word therefore carries a generation beside the state, and a message's
 * id names both cell and generation: a claim made for an older message of the same cell always loses.
 *
 * | word                    | meaning                                                    |
 * | ----------------------- | ---------------------------------------------------------- |
 * | `generation, unstarted` | sent; either side may take it                              |
 * | `generation, started`   | the worker runs it (or has run it)                         |
 * | `generation, revoked`   | the main side took it back; it will never run              |
 * | `generation, cancelled` | the worker runs it and is asked to stop (see {@link isCancelled}) |
 */
import type { Atomic } from "./Atomic.ts"

/** Cells of one worker, and so the number of messages that can be on their way to it at one time. */
export const cells = 4096

/** Bytes of memory behind the claims of one worker. */
export const bytes: number = cells * 4

/**
 * Generations before a cell's words repeat. Two bits of the word hold the state, so 2^30 fit; an id is
 * `generation * cells + cell` and stays a safe integer.
 */
export const generations: number = 2 ** 30

const unstarted = 0
const started = 1
const revoked = 2
const cancelled = 3

const cellOf = (id: number): number => id % cells

const word = (id: number, state: number): number => (Math.floor(id / cells) << 2) | state | 0

/** The id of a message that uses `cell` for the `generation`-th time. */
export const id = (cell: number, generation: number): number => (generation % generations) * cells + cell

/** The cell that a message's id names. */
export const cell: (id: number) => number = cellOf

/** Main side, before the message is sent: opens its cell. */
export const open = (claims: Atomic, id: number): void => {
  claims.store(cellOf(id), word(id, unstarted))
}

/** Worker side, before the method runs: takes the message. `false` when it was revoked, or was never for this cell. */
export const start = (claims: Atomic, id: number): boolean =>
  claims.compareExchange(cellOf(id), word(id, unstarted), word(id, started)) === word(id, unstarted)

/** Main side: takes the message back. `true` when it is now certain that it never runs. */
export const revoke = (claims: Atomic, id: number): boolean =>
  claims.compareExchange(cellOf(id), word(id, unstarted), word(id, revoked)) === word(id, unstarted)

/** Main side: asks a running method to stop. `true` when the method had started and had not been asked before. */
export const cancel = (claims: Atomic, id: number): boolean =>
  claims.compareExchange(cellOf(id), word(id, started), word(id, cancelled)) === word(id, started)

/**
 * Worker side, from inside the method: is it asked to stop? Any word other than "this message, started" says yes, so
 * that a method whose message is no longer known to the main side stops as well.
 */
export const isCancelled = (claims: Atomic, id: number): boolean => claims.load(cellOf(id)) !== word(id, started)
