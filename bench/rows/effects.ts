/**
 * The same callers for everything that returns Effects: fibers in place of asynchronous loops.
 */
import * as Effect from "effect/Effect"
import type { OpenRow } from "./Row.ts"

/** What calls that return Effects need: one call. */
export type Add = (a: number, b: number) => Effect.Effect<number, unknown>

const roundtrip = (add: Add, calls: number) =>
  Effect.gen(function* () {
    let sum = 0
    for (let n = 0; n < calls; n++) sum += yield* add(n, 1)
    return sum
  })

const pipelined = (add: Add, calls: number, inFlight: number) =>
  Effect.gen(function* () {
    let next = 0
    const caller = Effect.gen(function* () {
      let sum = 0
      while (next < calls) sum += yield* add(next++, 1)
      return sum
    })
    const sums = yield* Effect.all(
      Array.from({ length: inFlight }, () => caller),
      { concurrency: "unbounded" }
    )
    return sums.reduce((a, b) => a + b, 0)
  })

/** `inFlight` fibers, each waiting for its next call. */
export const fromEffects = (add: Add, close: () => Promise<void>): OpenRow => ({
  pipelined: (calls, inFlight) => Effect.runPromise(pipelined(add, calls, inFlight)),
  roundtrip: (calls) => Effect.runPromise(roundtrip(add, calls)),
  close
})
