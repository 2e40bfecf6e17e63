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
import { fromEffects } from "./effects.ts"
import { type OpenRow, type Row, workerFile } from "./Row.ts"

/** The adapter in `counter.adapter.mjs`. */
export type Counter = Adapter.Adapter<{ readonly add: (a: number, b: number) => number }>

/** The adapter's address. */
export const adapter: URL = workerFile("counter.adapter.mjs")

type CounterActor = Actor.Shape<Counter>

const forEach = (counter: CounterActor, calls: number) =>
  Actor.forEach(
    Array.from({ length: calls }, (_, n) => n),
    (n) => counter.add(n, 1)
  ).pipe(Effect.map((results) => results.reduce((a, b) => a + b, 0)))

const open = (concurrency: number, own?: typeof forEach) => async (): Promise<OpenRow> => {
  const scope = Scope.makeUnsafe()
  const counter = await Effect.runPromise(
    Layer.build(Runtime.layer).pipe(
      Effect.flatMap((context) =>
        Actor.make<Counter>("counter", { adapter, size: 1, concurrency }).pipe(Effect.provide(context))
      ),
      Scope.provide(scope)
    )
  )
  const row = fromEffects(counter.add, () => Effect.runPromise(Scope.close(scope, Exit.void)))
  return own === undefined ? row : { ...row, pipelined: (calls) => Effect.runPromise(own(counter, calls)) }
}

/** troupe as it comes, from Effect fibers; with many calls at once in the worker; with its own loop. */
export const rows: ReadonlyArray<Row> = [
  { name: "troupe", group: "troupe", open: open(1) },
  { name: "troupe, concurrency 1000", group: "information", open: open(1000) },
  { name: "troupe, Actor.forEach", group: "information", open: open(1, forEach) }
]
