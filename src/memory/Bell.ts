/**
 * How a thread that sleeps outside of its event loop learns that a message was posted to it.
 *
 * Who posts, rings after that: the bell's count moves on, and whoever is asleep is woken. Who listens takes the mark of the
 * count first, then looks for a message, and sleeps only if there is none, and only while the count is still the mark. So a
 * message that the look has missed is rung later than the mark, and the sleep does not begin, or ends.
 *
 * Ringing for nobody costs little: a listener says that it is about to sleep before it does, the count moves on before
 * anybody looks for sleepers, and to look at the count and to fall asleep is indivisible.
 */
import type { Atomic } from "./Atomic.ts"
import * as Claims from "./Claims.ts"

/** Bytes of memory for the bell of one worker. It lies behind the worker's claims. */
export const bytes = 8

const count = Claims.cells
const asleep = Claims.cells + 1

/** After posting: wakes whoever listens. Only one thread may ring a bell. */
export const ring = (memory: Atomic): void => {
  memory.store(count, (memory.load(count) + 1) | 0)
  if (memory.load(asleep) === 1) memory.notify(count)
}

/** Before looking for a message: what {@link listen} is to be given if there is none. */
export const mark = (memory: Atomic): number => memory.load(count)

/** Sleeps until the bell is rung after `mark` was taken: `true`; or for `millis`: `false`. Only one thread may listen. */
export const listen = (memory: Atomic, mark: number, millis: number): boolean => {
  memory.store(asleep, 1)
  const woken = memory.wait(count, mark, millis)
  memory.store(asleep, 0)
  return woken !== "timed-out"
}
