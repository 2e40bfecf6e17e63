/**
 * troupe, called from Effect fibers in the same shape as the promise rows: `inFlight` fibers, each waiting for its next
 * call. `Actor.forEach` is shown beside it.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { Actor } from "troupe"
import type * as Adapter from "troupe/adapter"
import * as Runtime from "troupe/runtime"
import { type OpenRow, type Row, workerFile } from "./Row.ts"

/** The adapter in `counter.adapter.mjs`. */
export type Counter = Adapter.Adapter<{ readonly add: (a: number, b: number) => number }>

/** The adapter's address. */
export const adapter: URL = workerFile("counter.adapter.mjs")

type CounterActor = Actor.Shape<Counter>

const roundtrip = (counter: CounterActor, calls: number) =>
  Effect.gen(function* () {
    let sum = 0
    for (let n = 0; n < calls; n++) sum += yield* counter.add(n, 1)
    return sum
  })

const fibers = (counter: CounterActor, calls: number, inFlight: number) =>
  Effect.gen(function* () {
    let next = 0
    const caller = Effect.gen(function* () {
      let sum = 0
      while (next < calls) sum += yield* counter.add(next++, 1)
      return sum
    })
    const sums = yield* Effect.all(
      Array.from({ length: inFlight }, () => caller),
      { concurrency: "unbounded" }
    )
    return sums.reduce((a, b) => a + b, 0)
  })

const forEach = (counter: CounterActor, calls: number) =>
  Actor.forEach(
    Array.from({ length: calls }, (_, n) => n),
    (n) => counter.add(n, 1)
  ).pipe(Effect.map((results) => results.reduce((a, b) => a + b, 0)))

const open = (pipelined: typeof fibers, concurrency: number) => async (): Promise<OpenRow> => {
  const scope = Scope.makeUnsafe()
  const counter = await Effect.runPromise(
    Layer.build(Runtime.layer).pipe(
      Effect.flatMap((context) =>
        Actor.make<Counter>("counter", { adapter, size: 1, concurrency }).pipe(Effect.provide(context))
      ),
      Scope.provide(scope)
    )
  )
  return {
    pipelined: (calls, inFlight) => Effect.runPromise(pipelined(counter, calls, inFlight)),
    roundtrip: (calls) => Effect.runPromise(roundtrip(counter, calls)),
    close: () => Effect.runPromise(Scope.close(scope, Exit.void))
  }
}

/** troupe as it comes, from Effect fibers; with many calls at once in the worker; with its own loop. */
export const rows: ReadonlyArray<Row> = [
  { name: "troupe", group: "troupe", open: open(fibers, 1) },
  { name: "troupe, concurrency 1000", group: "information", open: open(fibers, 1000) },
  { name: "troupe, Actor.forEach", group: "information", open: open(forEach, 1) }
]
