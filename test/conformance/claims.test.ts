/** Calls that a worker has in store but has not started belong to the main side: taken back, they never run. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { describe, expect, it } from "vitest"
import { Actor } from "../../src/index.ts"
import { basicActor, inline, run, shared, thread, until } from "./target.ts"

for (const target of [thread, inline]) {
  describe(`${target.name}: calls in store`, () => {
    it("never run once their callers have gone", async () => {
      await run(
        target,
        Effect.gen(function* () {
          const actor = yield* basicActor()
          const gate = shared(2)
          const counter = shared(1)
          // quick calls open the window, so that calls are sent ahead of a free slot
          yield* Actor.forEach(
            Array.from({ length: 2000 }, (_, n) => n),
            (n) => actor.add(n, 1)
          )
          const running = yield* Effect.forkChild(actor.hold(gate))
          yield* until(gate, 1, 1)
          const waiting = yield* Effect.forEach([1, 2, 3], () =>
            Effect.forkChild(actor.mark(counter, 0), { startImmediately: true })
          )
          const { workers } = yield* Actor.stats(actor)
          expect(workers[0]?.outstanding).toBeGreaterThan(1)
          yield* Fiber.interruptAll(waiting)
          Atomics.store(gate, 0, 1)
          yield* Fiber.join(running)
          expect(yield* actor.add(1, 2)).toBe(3)
          expect(Atomics.load(counter, 0)).toBe(0)
        })
      )
    })
  })
}
