/**
 * The one door to atomic operations.
 *
 * Everything in troupe that two threads may touch at the same time goes through an {@link Atomic}, never through the
 * global `Atomics` object directly. In production an `Atomic` is a thin view over an `Int32Array`; in tests it is a
 * simulated memory that runs every interleaving of the very same code (see `test/model`).
 *
 * JavaScript atomics are sequentially consistent, so exploring interleavings is a complete check for code that touches
 * shared memory only from here.
 */

/**
 * Thirty-two bit words that several threads may read and change; every operation is indivisible.
 */
export interface Atomic {
  /** Reads the word at `index`. */
  readonly load: (index: number) => number
  /** Writes the word at `index`. */
  readonly store: (index: number, value: number) => void
  /** Writes `replacement` if the word equals `expected`; returns the word as it was found. */
  readonly compareExchange: (index: number, expected: number, replacement: number) => number
  /**
   * Blocks the thread while the word equals `expected`, until somebody notifies or `millis` have passed. To look and to
   * fall asleep is indivisible. Must not be called where blocking is not allowed, nor over an `ArrayBuffer`.
   */
  readonly wait: (index: number, expected: number, millis: number) => Woken
  /** Wakes all threads that wait for the word at `index`. */
  readonly notify: (index: number) => void
}

/** Why a wait is over: notified, not begun because the word was another already, or out of time. */
export type Woken = "ok" | "not-equal" | "timed-out"

/**
 * An {@link Atomic} over real memory. A `SharedArrayBuffer` is shared with other threads; an `ArrayBuffer` serves
 * callers on the same thread, with the same meaning.
 */
export const over = (buffer: SharedArrayBuffer | ArrayBuffer): Atomic => {
  const words = new Int32Array(buffer)
  return {
    load: (index) => Atomics.load(words, index),
    store: (index, value) => {
      Atomics.store(words, index, value)
    },
    compareExchange: (index, expected, replacement) => Atomics.compareExchange(words, index, expected, replacement),
    wait: (index, expected, millis) => Atomics.wait(words, index, expected, millis),
    notify: (index) => {
      Atomics.notify(words, index)
    }
  }
}
