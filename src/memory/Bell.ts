/**
 * How a thread that sleeps outside of its event loop learns that a message was posted to it.
 *
 * Who posts, rings after that: the bell's word moves on. Who listens takes the mark of the word first, then looks for a
 * message, and sleeps only if there is none, and only while the word is still the mark. So a message that the look has
 * missed is rung later than the mark, and the sleep does not begin, or ends.
 */
import type { Atomic } from "./Atomic.ts"
import * as Claims from "./Claims.ts"

/** Bytes of memory for the bell of one worker. It lies behind the worker's claims. */
export const bytes = 4

const word = Claims.cells

/** After posting: wakes whoever listens. Only one thread may ring a bell. */
export const ring = (memory: Atomic): void => {
  memory.store(word, (memory.load(word) + 1) | 0)
  memory.notify(word)
}

/** Before looking for a message: what {@link listen} is to be given if there is none. */
export const mark = (memory: Atomic): number => memory.load(word)

/** Sleeps until the bell is rung after `mark` was taken: `true`; or for `millis`: `false`. */
export const listen = (memory: Atomic, mark: number, millis: number): boolean =>
  memory.wait(word, mark, millis) !== "timed-out"
