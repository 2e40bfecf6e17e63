/**
 * Values that one side can write and the other cannot read: threads have stacks of different sizes. Where the limits are
 * is the runtime's business; that every call settles is ours.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { expect } from "vitest"
import { Actor } from "../../../src/index.ts"
import type deep from "../../adapters/deep.adapter.ts"
import { depthOf, nested } from "../../adapters/deep.adapter.ts"
import { adapter, type AddRow, fork, runtime, type Target } from "../setup.ts"

const depths = [10, 500, 1000, 2000, 4000, 8000, 16_000, 100_000]

export const depth = (target: Target, row: AddRow): void => {
  const thread = target.profile === "thread"
  // a worker's stack is four times that of the main side on Node, unless it is asked to be less
  const small = thread && target.capabilities.resourceLimits ? { resourceLimits: { stackSizeMb: 0.3 } } : {}
  const make = (options = {}) =>
    Actor.make<typeof deep>("Deep", { adapter: adapter("deep.adapter.ts"), size: 1, ...options })

  /** What became of a call: a depth, or that it failed as it may. */
  const outcome = <A>(effect: Effect.Effect<A, unknown>, depthOf: (value: A) => number) =>
    Effect.map(Effect.exit(effect), (exit) => {
      if (Exit.isSuccess(exit)) return depthOf(exit.value)
      expect(exit.cause.reasons[0]).toMatchObject({ error: { _tag: "SerializationError" } })
      return undefined
    })

  if (target.link === "comlink") {
    // Comlink does not say whose message was not read; only Node posts such a value
    row("a result that cannot be read ends its worker, so that its call is settled", () =>
      Effect.gen(function* () {
        const actor = yield* make()
        const exit = yield* Effect.exit(actor.give(8000))
        if (runtime === "node") {
          expect(Exit.isFailure(exit) && exit.cause.reasons[0]).toMatchObject({ error: { _tag: "WorkerLost" } })
        } else if (Exit.isSuccess(exit)) expect(depthOf(exit.value)).toBe(8000)
        else expect(exit.cause.reasons[0]).toMatchObject({ error: { _tag: "SerializationError" } })
        expect(depthOf(yield* actor.give(2))).toBe(2)
      })
    )
    return
  }

  row("a result of any depth settles its call, and no other", () =>
    Effect.gen(function* () {
      const actor = yield* make()
      const unread: Array<number> = []
      for (const depth of depths) {
        // one frame each way
        const others = yield* Effect.forEach([1, 2, 3], (n) => fork(actor.give(n)))
        const call = yield* fork(outcome(actor.give(depth), depthOf))
        const more = yield* Effect.forEach([4, 5, 6], (n) => fork(actor.give(n)))
        const given = yield* Fiber.join(call)
        if (given === undefined) unread.push(depth)
        else expect(given).toBe(depth)
        const results = yield* Effect.forEach([...others, ...more], Fiber.join)
        expect(results.map(depthOf)).toEqual([1, 2, 3, 4, 5, 6])
      }
      expect(unread).toContain(100_000)
      expect(unread).not.toContain(500)
      if (runtime === "node" && thread) {
        const error = yield* Effect.flip(actor.give(8000))
        expect(error.message).toMatch(/^Cannot return result from Deep\.give: .* for the other thread/)
      }
    })
  )

  row("an argument of any depth settles its call, and no other", () =>
    Effect.gen(function* () {
      const actor = yield* make(small)
      const refused: Array<number> = []
      for (const depth of depths) {
        const others = yield* Effect.forEach([1, 2, 3], (n) => fork(actor.take(nested(n))))
        const call = yield* fork(outcome(actor.take(nested(depth)), (taken) => taken))
        const more = yield* Effect.forEach([4, 5, 6], (n) => fork(actor.take(nested(n))))
        const taken = yield* Fiber.join(call)
        if (taken === undefined) refused.push(depth)
        else expect(taken).toBe(depth)
        expect(yield* Effect.forEach([...others, ...more], Fiber.join)).toEqual([1, 2, 3, 4, 5, 6])
      }
      expect(refused).toContain(100_000)
      if (runtime === "node" && thread) {
        const error = yield* Effect.flip(actor.take(nested(2000)))
        expect(error.message).toMatch(/^Cannot pass args to Deep\.take: .* for the other thread/)
      }
    })
  )

  row("items of a stream of any depth end it, or come", () =>
    Effect.gen(function* () {
      const actor = yield* make()
      for (const depth of depths) {
        const items = actor.items([1, 2, depth, 3])
        const given = yield* outcome(Stream.runCollect(items), (lists) => Math.max(...lists.map(depthOf)))
        if (given !== undefined) expect(given).toBe(Math.max(3, depth))
      }
      expect(yield* actor.take([])).toBe(1)
    })
  )

  row("what is asked of the main side, and what it answers, may have any depth", () =>
    Effect.gen(function* () {
      const actor = yield* make(small)
      const callback = Actor.callback((_list: unknown, answer: number) => nested(answer))
      for (const depth of depths) {
        expect([-1, 1]).toContain(yield* actor.ask(depth, callback, 1))
        expect([-1, depth]).toContain(yield* actor.ask(1, callback, depth))
      }
    })
  )

  row("a stream as an argument may hold items of any depth", () =>
    Effect.gen(function* () {
      const actor = yield* make(small)
      for (const depth of depths) {
        const read = yield* actor.read(
          Stream.fromIterable([1, 2, depth, 3]).pipe(Stream.map(nested), Stream.rechunk(1))
        )
        expect([-1, Math.max(3, depth)]).toContain(read)
      }
    })
  )
}
